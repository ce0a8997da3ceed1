package dev.jvmm.block;

/**
 * {@code cache=}: what stands between the guest's writes and the disk, as QEMU defines it.
 *
 * <p>Thread: immutable.
 */
public enum CacheMode {
  /** No page cache of the host (O_DIRECT); the disk's own cache is the guest's to flush. */
  NONE(true, true, false),
  /** The host's page cache, which the guest flushes. */
  WRITEBACK(false, true, false),
  /** The host's page cache for reads; a write is on stable storage when it completes. */
  WRITETHROUGH(false, false, false),
  /** No page cache, and writes on stable storage. */
  DIRECTSYNC(true, false, false),
  /** The host's page cache, and flushes are ignored: a crash of the host loses anything. */
  UNSAFE(false, true, true);

  private final boolean direct;
  private final boolean writeCache;
  private final boolean ignoresFlush;

  CacheMode(boolean direct, boolean writeCache, boolean ignoresFlush) {
    this.direct = direct;
    this.writeCache = writeCache;
    this.ignoresFlush = ignoresFlush;
  }

  /** The mode of that name, or a sentence. */
  public static CacheMode named(String name) {
    return OptionNames.parse(CacheMode.class, "cache", name);
  }

  /** Whether the host's page cache is left out. */
  public boolean direct() {
    return direct;
  }

  /** Whether a disk begins with a write cache, which the guest may switch. */
  public boolean writeCache() {
    return writeCache;
  }

  /** Whether nothing is ever brought to stable storage on purpose. */
  public boolean ignoresFlush() {
    return ignoresFlush;
  }
}

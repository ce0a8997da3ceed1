package dev.jvmm.block;

import dev.jvmm.core.vm.ConfigException;

/**
 * A disk whose contents are a file's or a block device's, byte for byte.
 *
 * <p>Thread: immutable.
 *
 * @param file its path
 * @param readOnly whether it is opened for reading only, and every change is refused
 * @param cache what stands between the guest's writes and the disk
 * @param aio the engine
 * @param discard whether a discard gives space back ({@code discard=unmap}) or does nothing
 * @param detectZeroes what becomes of writes of zeros
 * @param sharing who else may open it
 * @param probed whether nobody said that it is raw: then the guest can't write the header of
 *     another format into it
 */
public record RawImageConfig(
    String file,
    boolean readOnly,
    CacheMode cache,
    AioMode aio,
    boolean discard,
    DetectZeroes detectZeroes,
    Sharing sharing,
    boolean probed) {

  /** Who else may open an image. */
  public enum Sharing {
    /** Readers, if this one reads only; else nobody (QEMU's default). */
    LOCKED,
    /** Writers too, which then keep out of each other's way by themselves ({@code share-rw=on}). */
    SHARE_RW,
    /** Nobody is asked ({@code locking=off}). */
    UNLOCKED
  }

  /** Refuses an image without a name. */
  public RawImageConfig {
    if (file.isEmpty()) {
      throw new ConfigException("drive", "file=: no file is named; say file=disk.img");
    }
  }

  /** QEMU's defaults, with the format said to be raw. */
  public static RawImageConfig of(String file) {
    return new RawImageConfig(
        file,
        false,
        CacheMode.WRITEBACK,
        AioMode.THREADS,
        false,
        DetectZeroes.OFF,
        Sharing.LOCKED,
        false);
  }

  /** The same, to be read only. */
  public RawImageConfig forReading() {
    return new RawImageConfig(file, true, cache, aio, discard, detectZeroes, sharing, probed);
  }

  /** The same with another cache mode. */
  public RawImageConfig withCache(CacheMode other) {
    return new RawImageConfig(file, readOnly, other, aio, discard, detectZeroes, sharing, probed);
  }

  /** The same with another engine. */
  public RawImageConfig withAio(AioMode other) {
    return new RawImageConfig(file, readOnly, cache, other, discard, detectZeroes, sharing, probed);
  }

  /** The same with {@code discard=unmap} and what becomes of zeros. */
  public RawImageConfig unmapping(DetectZeroes other) {
    return new RawImageConfig(file, readOnly, cache, aio, true, other, sharing, probed);
  }

  /** The same with another rule for who else may open it. */
  public RawImageConfig withSharing(Sharing other) {
    return new RawImageConfig(file, readOnly, cache, aio, discard, detectZeroes, other, probed);
  }

  /** The same with the format guessed. */
  public RawImageConfig asProbed() {
    return new RawImageConfig(file, readOnly, cache, aio, discard, detectZeroes, sharing, true);
  }
}

package dev.jvmm.block;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.Errno;

/**
 * A disk that keeps nothing ({@code null-co}): every request succeeds at once, for measuring what
 * is in front of it.
 *
 * <p>Thread: as {@link BlockBackend} says.
 */
public final class NullBackend implements BlockBackend {

  /** QEMU's default size. */
  public static final long DEFAULT_BYTES = 1L << 30;

  private final EventLoop loop;
  private final long capacityBytes;
  private final boolean readsZeroes;
  private final Completions completions;
  private Runnable afterCompletions = () -> {};
  private volatile boolean writeCache = true;
  private boolean closed;
  private int inFlight;

  /**
   * A disk of nothing.
   *
   * @param capacityBytes a multiple of 512, more than 0
   * @param readsZeroes whether a read clears its memory; else it leaves it as it is
   */
  public NullBackend(long capacityBytes, boolean readsZeroes, EventLoop loop) {
    if (capacityBytes <= 0 || capacityBytes % BlockLimits.SECTOR_BYTES != 0) {
      throw new ConfigException(
          "blockdev",
          "size=" + capacityBytes + ": no multiple of 512; give a whole number of sectors");
    }
    this.capacityBytes = capacityBytes;
    this.readsZeroes = readsZeroes;
    this.loop = loop;
    this.completions = new Completions(loop, this::finished, () -> afterCompletions.run());
  }

  @Override
  public long capacityBytes() {
    return capacityBytes;
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public BlockLimits limits() {
    return BlockLimits.NONE;
  }

  @Override
  public boolean writeCache() {
    return writeCache;
  }

  @Override
  public void writeCache(boolean on) {
    writeCache = on;
  }

  @Override
  public void afterCompletions(Runnable listener) {
    afterCompletions = listener;
  }

  @Override
  public void submit(BlockRequest request) {
    inFlight++;
    int errno = refusal(request);
    if (errno == 0 && readsZeroes && request.operation() == BlockOperation.READ) {
      request.clearSegments();
    }
    completions.finish(request, errno);
  }

  private int refusal(BlockRequest request) {
    if (closed) {
      return Errno.EBADF;
    }
    boolean good = request.fits(capacityBytes) && request.placeAligned(BlockLimits.SECTOR_BYTES);
    return good ? 0 : Errno.EINVAL;
  }

  private void finished(BlockRequest request, int errno) {
    inFlight--;
    request.complete(errno);
  }

  @Override
  public void kick() {
    // Everything is done when it is submitted.
  }

  @Override
  public void cancel(BlockRequest request) {
    // It is done.
  }

  @Override
  public int inFlight() {
    return inFlight;
  }

  @Override
  public void drain() {
    loop.invoke(this::drainOnLoop);
  }

  private void drainOnLoop() {
    while (inFlight > 0) {
      completions.await();
    }
  }

  @Override
  public void close() {
    loop.invoke(
        () -> {
          drainOnLoop();
          closed = true;
        });
  }
}

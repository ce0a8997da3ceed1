package dev.jvmm.block;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * What the disks of a machine share: the threads for I/O that blocks, and the way of warnings to
 * the user.
 *
 * <p>Thread: safe.
 */
public final class BlockHost implements AutoCloseable {

  private final BlockWorkers workers = new BlockWorkers();
  private final Consumer<String> warnings;
  private final AtomicBoolean ringMissed = new AtomicBoolean();

  /** {@code warnings} takes a sentence: {@code drive file=disk.img: ...}. */
  public BlockHost(Consumer<String> warnings) {
    this.warnings = warnings;
  }

  BlockWorkers workers() {
    return workers;
  }

  void warn(String sentence) {
    warnings.accept(sentence);
  }

  /** Warns of a missing io_uring, once for all disks. */
  void warnOfMissingRing(String reason) {
    if (!ringMissed.getAndSet(true)) {
      warn("drive aio=io_uring: " + reason + "; using aio=threads");
    }
  }

  /** Ends the threads. After every disk is closed. */
  @Override
  public void close() {
    workers.close();
  }
}

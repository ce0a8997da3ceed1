package dev.jvmm.block;

/**
 * {@code aio=}: which engine moves the data.
 *
 * <p>Thread: immutable.
 */
public enum AioMode {
  /** Calls that block, on a pool of threads. */
  THREADS,
  /** A ring shared with the kernel; threads where the host doesn't have it, with a warning. */
  IO_URING,
  /**
   * QEMU's name for Linux's older asynchronous I/O, which blocks where one doesn't expect it: here
   * the ring where there is one, else threads, and no warning.
   */
  NATIVE;

  /** The mode of that name, or a sentence. */
  public static AioMode named(String name) {
    return OptionNames.parse(AioMode.class, "aio", name);
  }
}

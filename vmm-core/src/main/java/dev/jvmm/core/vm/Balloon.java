package dev.jvmm.core.vm;

/**
 * A guest's balloon: memory that the guest gives up while it is asked to, and that is the host's
 * meanwhile. The guest does so at its own pace, or not at all.
 *
 * <p>Thread: safe.
 */
public interface Balloon {

  /**
   * Asks the guest to do with {@code bytes} of its RAM from now on. More than it has is all that it
   * has.
   *
   * @throws ConfigException if that is nothing
   */
  void target(long bytes);

  /** How much of its RAM the guest has kept, as it says. */
  long actualBytes();

  /** What the guest last said of its memory. */
  BalloonStatistics statistics();

  /** Asks the guest for statistics each so many seconds; 0 is never. */
  void pollingInterval(int seconds);
}

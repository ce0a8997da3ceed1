package dev.jvmm.core.clock;

/**
 * A source of time, so that devices can be tested without waiting and a paused machine's time can
 * stand still.
 *
 * <p>Thread: safe.
 */
public interface Clock {

  /** Nanoseconds since a fixed but arbitrary moment; never goes back. */
  long nanos();

  /**
   * Makes a timer on this clock, not armed.
   *
   * @param expired called on the clock's event loop thread, once for each time that the timer
   *     expires, never for one that was disarmed before
   */
  Timer newTimer(Runnable expired);

  /** A one-shot alarm. Thread: safe. */
  interface Timer extends AutoCloseable {

    /** Arms it for {@code deadlineNanos} of its clock, in place of what was armed before. */
    void arm(long deadlineNanos);

    /** Takes back what was armed. */
    void disarm();

    /** Disarms for good. */
    @Override
    void close();
  }
}

package dev.jvmm.machine.legacy;

import dev.jvmm.core.clock.Clock;

/**
 * A delay that is restarted often and elapses rarely: restarting it while it runs costs one store,
 * in exchange it elapses after one to two times its delay.
 *
 * <p>Thread: confined to {@code monitor}, which it takes when the clock calls.
 */
final class LazyTimer {

  private final Clock clock;
  private final long delayNanos;
  private final Object monitor;
  private final Runnable elapsed;
  private final Clock.Timer timer;
  private boolean running;
  private boolean restarted;

  /** A delay that stands; {@code elapsed} is called with {@code monitor} held. */
  LazyTimer(Clock clock, long delayNanos, Object monitor, Runnable elapsed) {
    this.clock = clock;
    this.delayNanos = delayNanos;
    this.monitor = monitor;
    this.elapsed = elapsed;
    this.timer = clock.newTimer(this::expired);
  }

  /** Starts it, or lets it begin anew where it runs already. */
  void restart() {
    if (running) {
      restarted = true;
    } else {
      running = true;
      timer.arm(clock.nanos() + delayNanos);
    }
  }

  void stop() {
    timer.disarm();
    running = false;
    restarted = false;
  }

  private void expired() {
    synchronized (monitor) {
      if (!running) {
        return; // stopped while the clock was about to call
      }
      running = false;
      if (restarted) {
        restarted = false;
        restart();
      } else {
        elapsed.run();
      }
    }
  }
}

package dev.jvmm.core.event;

import dev.jvmm.core.clock.Clock;

/**
 * The host's monotonic clock ({@link System#nanoTime}), with timers on an event loop.
 *
 * <p>Thread: safe.
 */
public final class MonotonicClock implements Clock {

  private final EventLoop loop;

  /** A clock whose timers expire on {@code loop}. */
  public MonotonicClock(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public Timer newTimer(Runnable expired) {
    return loop.timers().newTimer(expired);
  }
}

package dev.jvmm.core.clock;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A clock that tests move by hand; timers run inside {@link #advance}, in the order of their
 * deadlines.
 *
 * <p>Thread: confined to the test's.
 */
public final class ManualClock implements Clock {

  private final List<ManualTimer> armed = new ArrayList<>();
  private long now;

  /** A clock that says 0. */
  public ManualClock() {}

  private final class ManualTimer implements Timer {
    private final Runnable expired;
    private long deadlineNanos;

    ManualTimer(Runnable expired) {
      this.expired = expired;
    }

    long deadlineNanos() {
      return deadlineNanos;
    }

    @Override
    public void arm(long deadlineNanos) {
      disarm();
      this.deadlineNanos = deadlineNanos;
      armed.add(this);
    }

    @Override
    public void disarm() {
      armed.remove(this);
    }

    @Override
    public void close() {
      disarm();
    }
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public Timer newTimer(Runnable expired) {
    return new ManualTimer(expired);
  }

  /** Moves the clock on by {@code nanos} and runs what expires on the way. */
  public void advance(long nanos) {
    long end = now + nanos;
    for (Optional<ManualTimer> next = next(end); next.isPresent(); next = next(end)) {
      ManualTimer timer = next.get();
      timer.disarm();
      now = Math.max(now, timer.deadlineNanos());
      timer.expired.run();
    }
    now = end;
  }

  private Optional<ManualTimer> next(long end) {
    return armed.stream()
        .filter(timer -> timer.deadlineNanos() <= end)
        .min(Comparator.comparingLong(ManualTimer::deadlineNanos));
  }
}

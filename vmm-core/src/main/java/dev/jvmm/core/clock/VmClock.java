package dev.jvmm.core.clock;

import java.util.ArrayList;
import java.util.List;

/**
 * A machine's own time: 0 when it is made, and standing still while the machine does.
 *
 * <p>Thread: safe by its monitor. A timer that expires at the very moment of {@link #stop} may
 * still run after it.
 */
public final class VmClock implements Clock {

  private final Clock base;
  private final List<VmTimer> armed = new ArrayList<>();
  private boolean running;
  private long offset; // running: base time at this clock's 0
  private long stoppedAt; // standing: this clock's time

  /** A clock that stands at 0 and will run with {@code base}. */
  public VmClock(Clock base) {
    this.base = base;
  }

  private final class VmTimer implements Timer {

    private final Timer timer;
    private long deadlineNanos;

    VmTimer(Runnable expired) {
      this.timer =
          base.newTimer(
              () -> {
                if (takeExpired()) {
                  expired.run();
                }
              });
    }

    /** False for an expiry that {@link #disarm} or {@link #stop} has overtaken. */
    private boolean takeExpired() {
      synchronized (VmClock.this) {
        return running && nanos() >= deadlineNanos && armed.remove(this);
      }
    }

    @Override
    public void arm(long deadlineNanos) {
      synchronized (VmClock.this) {
        armed.remove(this);
        armed.add(this);
        this.deadlineNanos = deadlineNanos;
        if (running) {
          timer.arm(offset + deadlineNanos);
        }
      }
    }

    @Override
    public void disarm() {
      synchronized (VmClock.this) {
        armed.remove(this);
        timer.disarm();
      }
    }

    @Override
    public void close() {
      disarm();
      timer.close();
    }
  }

  @Override
  public synchronized long nanos() {
    return running ? base.nanos() - offset : stoppedAt;
  }

  @Override
  public Timer newTimer(Runnable expired) {
    return new VmTimer(expired);
  }

  /** Lets the time run on from where it stands. */
  public synchronized void start() {
    if (!running) {
      running = true;
      offset = base.nanos() - stoppedAt;
      for (VmTimer timer : armed) {
        timer.timer.arm(offset + timer.deadlineNanos);
      }
    }
  }

  /** Lets the time stand; timers wait with it. */
  public synchronized void stop() {
    if (running) {
      stoppedAt = nanos();
      running = false;
      for (VmTimer timer : armed) {
        timer.timer.disarm();
      }
    }
  }
}

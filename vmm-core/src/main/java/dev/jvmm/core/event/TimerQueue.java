package dev.jvmm.core.event;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.linux.TimerFd;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * The timers of one event loop, over one timerfd that is made at the first use.
 *
 * <p>Thread: safe by its monitor, which is taken before the loop's and never inside it; timers run
 * on the loop's thread with the monitor released.
 */
final class TimerQueue {

  private final EventLoop loop;
  private final PriorityQueue<LoopTimer> armed = new PriorityQueue<>();
  private @Nullable TimerFd timerFd;
  private boolean closed;

  TimerQueue(EventLoop loop) {
    this.loop = loop;
  }

  /** One alarm; its deadline is in {@link System#nanoTime}. */
  private final class LoopTimer implements Clock.Timer, Comparable<LoopTimer> {

    private final Runnable expired;
    private long deadlineNanos;

    LoopTimer(Runnable expired) {
      this.expired = expired;
    }

    @Override
    public void arm(long deadlineNanos) {
      synchronized (TimerQueue.this) {
        armed.remove(this);
        this.deadlineNanos = deadlineNanos;
        armed.add(this);
        program();
      }
    }

    @Override
    public void disarm() {
      synchronized (TimerQueue.this) {
        armed.remove(this); // the timerfd may expire once for nothing
      }
    }

    @Override
    public void close() {
      disarm();
    }

    @Override
    public int compareTo(LoopTimer other) {
      return Long.signum(deadlineNanos - other.deadlineNanos);
    }
  }

  Clock.Timer newTimer(Runnable expired) {
    return new LoopTimer(expired);
  }

  synchronized void close() {
    closed = true;
    armed.clear();
    if (timerFd != null) {
      timerFd.close();
    }
  }

  /** A timer that is armed after the loop's end never expires. */
  private void program() {
    if (closed) {
      armed.clear();
      return;
    }
    TimerFd fd = timerFd;
    if (fd == null) {
      fd = TimerFd.create();
      timerFd = fd;
      loop.register(fd.fd(), EventLoop.READ, events -> expire());
    }
    LoopTimer first = armed.peek();
    if (first != null) {
      fd.setRelative(Math.max(1, first.deadlineNanos - System.nanoTime()));
    }
  }

  private void expire() {
    while (true) {
      LoopTimer due;
      synchronized (this) {
        if (timerFd != null) {
          timerFd.drain();
        }
        due = armed.peek();
        if (due == null || due.deadlineNanos - System.nanoTime() > 0) {
          program();
          return;
        }
        armed.remove();
      }
      due.expired.run();
    }
  }
}

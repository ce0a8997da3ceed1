package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * An alarm on CLOCK_MONOTONIC that can be waited for (timerfd_create(2)).
 *
 * <p>Thread: safe. It never blocks. Its clock is the one of {@link System#nanoTime}.
 */
public final class TimerFd implements AutoCloseable {

  private static final int CLOCK_MONOTONIC = 1;
  private static final int TFD_NONBLOCK = 0x800;
  private static final int TFD_CLOEXEC = 0x8_0000;
  private static final int TFD_TIMER_ABSTIME = 1;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final Fd fd;

  private TimerFd(Fd fd) {
    this.fd = fd;
  }

  /** A new one that is not set. */
  public static TimerFd create() {
    return new TimerFd(
        Fd.ofResult(
            Libc.syscall(SystemCall.TIMERFD_CREATE, CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC),
            "timerfd_create"));
  }

  /** Fires once at {@code deadlineNanos} of {@link System#nanoTime}; at once if that is past. */
  public void setAbsolute(long deadlineNanos) {
    // 0 would disarm it; anything before now fires at once.
    arm(TFD_TIMER_ABSTIME, Math.max(deadlineNanos, 1), 0);
  }

  /** Fires once after {@code delayNanos}; at once if that isn't positive. */
  public void setRelative(long delayNanos) {
    arm(0, Math.max(delayNanos, 1), 0);
  }

  /**
   * Fires after {@code delayNanos}, then each {@code periodNanos}.
   *
   * @param periodNanos more than 0; {@link #drain} tells how often it fired
   */
  public void setPeriodic(long delayNanos, long periodNanos) {
    if (periodNanos <= 0) {
      throw new IllegalArgumentException("period " + periodNanos + " ns");
    }
    arm(0, Math.max(delayNanos, 1), periodNanos);
  }

  public void disarm() {
    arm(0, 0, 0);
  }

  private void arm(int flags, long valueNanos, long periodNanos) {
    // struct itimerspec: the period, then the first time, each as seconds and nanoseconds.
    MemorySegment spec = Scratch.current().memory();
    spec.set(JAVA_LONG, 0, periodNanos / NANOS_PER_SECOND);
    spec.set(JAVA_LONG, 8, periodNanos % NANOS_PER_SECOND);
    spec.set(JAVA_LONG, 16, valueNanos / NANOS_PER_SECOND);
    spec.set(JAVA_LONG, 24, valueNanos % NANOS_PER_SECOND);
    LinuxException.check(
        Libc.syscall(SystemCall.TIMERFD_SETTIME, fd.number(), flags, spec.address(), 0),
        "timerfd_settime",
        "");
  }

  /** How often it has fired since the last call; 0 if it hasn't. */
  public long drain() {
    MemorySegment memory = Scratch.current().memory();
    long result = Libc.restarting(SystemCall.READ, fd.number(), memory.address(), Long.BYTES);
    if (result == -Errno.EAGAIN) {
      return 0;
    }
    LinuxException.check(result, "read", fd.name());
    return memory.get(JAVA_LONG, 0);
  }

  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}

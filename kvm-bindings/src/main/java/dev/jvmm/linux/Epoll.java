package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * A set of descriptors and a wait for any of them (epoll(7)).
 *
 * <p>Thread: {@link #add}, {@link #modify} and {@link #remove} are safe from any; {@link #await}
 * and the events that it found belong to one thread.
 *
 * <p>A wait allocates nothing. The token that came with a descriptor comes back with its events.
 */
public final class Epoll implements AutoCloseable {

  public static final int IN = 0x1;
  public static final int PRIORITY = 0x2;
  public static final int OUT = 0x4;

  /** Always reported, asked for or not. */
  public static final int ERROR = 0x8;

  /** Always reported, asked for or not: both directions of a socket or terminal are closed. */
  public static final int HANG_UP = 0x10;

  /** The peer will send no more. */
  public static final int READ_HANG_UP = 0x2000;

  /** Only changes are reported, not states. */
  public static final int EDGE_TRIGGERED = 1 << 31;

  /** Wait without a limit. */
  public static final int INFINITE = -1;

  private static final int DEFAULT_MAX_EVENTS = 64;
  private static final int EPOLL_CLOEXEC = 0x8_0000;
  private static final int CTL_ADD = 1;
  private static final int CTL_DEL = 2;
  private static final int CTL_MOD = 3;

  // struct epoll_event is packed on x86-64: a u32 and, right behind it, a u64.
  private static final int EVENT_SIZE = 12;
  private static final long EVENTS = 0;
  private static final long DATA = 4;

  // Made with the class, and so beside the link of the first system call: the JVM's first access to
  // a segment costs some milliseconds of a start.
  private static final VarHandle U32 = JAVA_INT_UNALIGNED.varHandle();
  private static final VarHandle U64 = JAVA_LONG_UNALIGNED.varHandle();

  private final Fd fd;
  private final int maxEvents;
  private final MemorySegment found;

  private Epoll(Fd fd, int maxEvents) {
    this.fd = fd;
    this.maxEvents = maxEvents;
    this.found = Arena.ofAuto().allocate((long) EVENT_SIZE * maxEvents, Long.BYTES);
  }

  /** A new, empty set, that reports up to 64 events a wait. */
  public static Epoll create() {
    return create(DEFAULT_MAX_EVENTS);
  }

  /** A new, empty set; events beyond {@code maxEvents} come with the next wait. */
  public static Epoll create(int maxEvents) {
    long result = Libc.syscall(SystemCall.EPOLL_CREATE1, EPOLL_CLOEXEC);
    return new Epoll(Fd.ofResult(result, "epoll_create1"), maxEvents);
  }

  /** Watches a descriptor for {@code events}. A regular file can't be watched: EPERM. */
  public void add(Fd watched, int events, long token) {
    control(CTL_ADD, watched, events, token);
  }

  /** As {@link #add}, but says false for what can't be watched. */
  public boolean tryAdd(Fd watched, int events, long token) {
    long result = tryControl(CTL_ADD, watched, events, token);
    if (result == -Errno.EPERM) {
      return false;
    }
    LinuxException.check(result, "epoll_ctl", watched.name());
    return true;
  }

  public void modify(Fd watched, int events, long token) {
    control(CTL_MOD, watched, events, token);
  }

  /** Ends the watch. Events that the current wait has found already are still there. */
  public void remove(Fd watched) {
    control(CTL_DEL, watched, 0, 0);
  }

  private void control(int operation, Fd watched, int events, long token) {
    LinuxException.check(
        tryControl(operation, watched, events, token), "epoll_ctl", watched.name());
  }

  private long tryControl(int operation, Fd watched, int events, long token) {
    MemorySegment event = Scratch.current().memory();
    U32.set(event, EVENTS, events);
    U64.set(event, DATA, token);
    return Libc.syscall(
        SystemCall.EPOLL_CTL, fd.number(), operation, watched.number(), event.address());
  }

  /**
   * Waits until something has happened, at most {@code timeoutMillis}; {@link #INFINITE} is
   * forever.
   *
   * @return the number of events; 0 after the time, and after a signal
   */
  public int await(int timeoutMillis) {
    try {
      long result =
          Libc.syscall(
              SystemCall.EPOLL_WAIT, fd.number(), found.address(), maxEvents, timeoutMillis);
      return result == -Errno.EINTR ? 0 : (int) LinuxException.check(result, "epoll_wait", "");
    } finally {
      Reference.reachabilityFence(found);
    }
  }

  /** What happened to descriptor {@code index} of those that the last wait found. */
  public int eventsAt(int index) {
    return (int) U32.get(found, (long) index * EVENT_SIZE + EVENTS);
  }

  /** The token that it was added with. */
  public long tokenAt(int index) {
    return (long) U64.get(found, (long) index * EVENT_SIZE + DATA);
  }

  @Override
  public void close() {
    fd.close();
  }
}

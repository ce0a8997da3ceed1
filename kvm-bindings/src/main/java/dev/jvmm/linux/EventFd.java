package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * A counter that can be waited for (eventfd(2)): how KVM, vhost and our threads tell each other
 * that something happened.
 *
 * <p>Thread: safe. It never blocks.
 */
public final class EventFd implements AutoCloseable {

  private static final int EFD_NONBLOCK = 0x800;
  private static final int EFD_CLOEXEC = 0x8_0000;

  private final Fd fd;

  private EventFd(Fd fd) {
    this.fd = fd;
  }

  /** A new one that has not been signalled. */
  public static EventFd create() {
    return new EventFd(
        Fd.ofResult(Libc.syscall(SystemCall.EVENTFD2, 0, EFD_NONBLOCK | EFD_CLOEXEC), "eventfd"));
  }

  /** Takes over one that another process sent; it is made non-blocking. */
  public static EventFd adopt(Fd fd) {
    fd.setNonBlocking();
    return new EventFd(fd);
  }

  /** Adds one. A counter that is full (2^64 - 2) is signalled already, so that is no error. */
  public void signal() {
    MemorySegment memory = Scratch.current().memory();
    memory.set(JAVA_LONG, 0, 1);
    long result = Libc.restarting(SystemCall.WRITE, fd.number(), memory.address(), Long.BYTES);
    if (result < 0 && result != -Errno.EAGAIN) {
      throw new LinuxException("write", fd.name(), (int) -result);
    }
  }

  /** Takes the count and sets it to 0; 0 if nobody has signalled. */
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

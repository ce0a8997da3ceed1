package dev.jvmm.linux;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A file descriptor that we own.
 *
 * <p>Thread: safe; {@link #close} closes once, whoever comes first. After that every call answers
 * EBADF. Whoever closes makes sure that no other thread is inside a call: the kernel may give the
 * number away again at once.
 *
 * <p>A segment that is passed must be native, and stay open until the call returns. Every
 * descriptor is close-on-exec.
 */
public final class Fd implements AutoCloseable {

  private static final int CLOSED = -1;

  private static final int AT_FDCWD = -100;
  private static final int F_DUPFD_CLOEXEC = 1030;
  private static final int F_GETFL = 3;
  private static final int F_SETFL = 4;
  private static final long TCGETS = 0x5401;

  private final AtomicInteger number;
  private final String name;

  private Fd(int number, String name) {
    this.number = new AtomicInteger(number);
    this.name = name;
  }

  /**
   * Opens a file (open(2)).
   *
   * @param path its name
   * @param flags of {@link OpenFlags}; close-on-exec is added
   * @param mode its permissions, if the call makes it
   * @throws LinuxException if the kernel refuses
   */
  public static Fd open(String path, int flags, int mode) {
    MemorySegment pathname = Paths.terminated(path);
    long result =
        Libc.restarting(
            SystemCall.OPENAT,
            AT_FDCWD,
            pathname.address(),
            (flags | OpenFlags.CLOEXEC) & 0xFFFF_FFFFL,
            mode);
    return new Fd((int) LinuxException.check(result, "open", path), path);
  }

  /** Takes over a descriptor that somebody else opened: closing it is ours from now on. */
  public static Fd adopt(int number) {
    return adopt(number, "fd ".concat(Integer.toString(number)));
  }

  /** The same with what messages shall call it. */
  public static Fd adopt(int number, String name) {
    return new Fd(number, name);
  }

  /** Wraps a new descriptor that a system call just made, or throws for what it answered. */
  static Fd ofResult(long result, String operation) {
    return new Fd((int) LinuxException.check(result, operation, ""), operation);
  }

  /** The kernel's number for it, or -1 after {@link #close}. */
  public int number() {
    return number.get();
  }

  /** What messages call it: its path, or what it is. */
  public String name() {
    return name;
  }

  public boolean isOpen() {
    return number.get() != CLOSED;
  }

  /** A second descriptor of the same open file. */
  public Fd duplicate() {
    long result = Libc.syscall(SystemCall.FCNTL, number(), F_DUPFD_CLOEXEC, 0);
    return new Fd((int) LinuxException.check(result, "fcntl", name), name);
  }

  /**
   * Reads up to the segment's size.
   *
   * @return the number of bytes, 0 at the end of the file
   * @throws LinuxException if the kernel refuses, EAGAIN included: see {@link #tryRead}
   */
  public int read(MemorySegment destination) {
    return (int) LinuxException.check(tryRead(destination), "read", name);
  }

  /** The same, with {@code -errno} for an answer; never {@code -EINTR}. */
  public int tryRead(MemorySegment destination) {
    return transfer(SystemCall.READ, destination, 0);
  }

  /**
   * Writes up to the segment's size.
   *
   * @return the number of bytes, which may be fewer than asked
   * @throws LinuxException if the kernel refuses, EAGAIN included: see {@link #tryWrite}
   */
  public int write(MemorySegment source) {
    return (int) LinuxException.check(tryWrite(source), "write", name);
  }

  /** The same, with {@code -errno} for an answer; never {@code -EINTR}. */
  public int tryWrite(MemorySegment source) {
    return transfer(SystemCall.WRITE, source, 0);
  }

  /** Reads at an offset of the file, without moving its position; 0 at or after its end. */
  public int pread(MemorySegment destination, long offset) {
    return (int) LinuxException.check(tryPread(destination, offset), "pread", name);
  }

  public int tryPread(MemorySegment destination, long offset) {
    return transfer(SystemCall.PREAD64, destination, offset);
  }

  /** Writes at an offset of the file, without moving its position. */
  public int pwrite(MemorySegment source, long offset) {
    return (int) LinuxException.check(tryPwrite(source, offset), "pwrite", name);
  }

  public int tryPwrite(MemorySegment source, long offset) {
    return transfer(SystemCall.PWRITE64, source, offset);
  }

  private int transfer(int systemCall, MemorySegment segment, long offset) {
    if (!segment.isNative()) {
      throw new IllegalArgumentException("a heap segment has no address for the kernel");
    }
    // The kernel moves at most 2 GiB less a page in one call, so the count is an int.
    try {
      return (int)
          Libc.restarting(systemCall, number(), segment.address(), segment.byteSize(), offset);
    } finally {
      Reference.reachabilityFence(segment);
    }
  }

  /**
   * From now on calls that would wait answer EAGAIN. A property of the open file, not ours alone.
   */
  public void setNonBlocking() {
    setStatusFlag(true);
  }

  public void setBlocking() {
    setStatusFlag(false);
  }

  private void setStatusFlag(boolean nonBlocking) {
    long flags =
        LinuxException.check(Libc.syscall(SystemCall.FCNTL, number(), F_GETFL), "fcntl", name);
    long wanted = nonBlocking ? flags | OpenFlags.NONBLOCK : flags & ~(long) OpenFlags.NONBLOCK;
    LinuxException.check(Libc.syscall(SystemCall.FCNTL, number(), F_SETFL, wanted), "fcntl", name);
  }

  /** Whether it is a terminal (isatty(3)). */
  public boolean isTerminal() {
    long settings = Scratch.current().memory().address();
    return Libc.syscall(SystemCall.IOCTL, number(), TCGETS, settings) == 0;
  }

  /** Closes it, the first time. The kernel's complaints about earlier writes are not for here. */
  @Override
  public void close() {
    int open = number.getAndSet(CLOSED);
    if (open != CLOSED) {
      // Not made again after EINTR: Linux has freed the number by then.
      Libc.syscall(SystemCall.CLOSE, open);
    }
  }

  @Override
  public String toString() {
    return name + " (" + number() + ")";
  }
}

package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * A pair of rings shared with the kernel for file I/O (io_uring(7)): requests go in by one, results
 * come out by the other, and one system call serves a batch of both.
 *
 * <p>Thread: confined to one at a time. Its descriptor is readable, for epoll, while there are
 * completions.
 *
 * <p>The kernel uses what a request points to until its completion has been taken: buffers, iovecs
 * and the file stay until then. No more requests than {@link #capacity} may be under way, so that
 * the completion ring never overflows.
 */
public final class IoUring implements AutoCloseable {

  public static final int OP_READV = 1;
  public static final int OP_WRITEV = 2;
  public static final int OP_FSYNC = 3;
  public static final int OP_READ = 22;
  public static final int OP_WRITE = 23;

  private static final int PARAMS_BYTES = 120;
  private static final int FEATURES = 20;
  private static final int SQ_OFFSETS = 40;
  private static final int CQ_OFFSETS = 80;
  private static final int FEAT_SINGLE_MMAP = 1;
  private static final long OFF_SQ_RING = 0;
  private static final long OFF_SQES = 0x1000_0000;
  private static final int ENTER_GETEVENTS = 1;
  private static final int REGISTER_PROBE = 8;
  private static final int PROBE_OPS = 64;
  private static final int PROBE_HEADER = 16;
  private static final int PROBE_SUPPORTED = 1;
  private static final int FSYNC_DATASYNC = 1;
  private static final int RWF_DSYNC = 2;

  private static final int SQE_BYTES = 64;
  private static final int CQE_BYTES = 16;

  private static final VarHandle U32 = JAVA_INT.varHandle();

  private final Fd fd;
  private final Mapping ringMapping;
  private final Mapping sqeMapping;
  private final MemorySegment ring;
  private final MemorySegment sqes;
  private final int sqEntries;
  private final int cqEntries;
  private final long sqHeadAt;
  private final long sqTailAt;
  private final long cqHeadAt;
  private final long cqTailAt;
  private final long cqesAt;
  private int sqTail;
  private int unsubmitted;
  private int cqHead;

  private IoUring(Fd fd, MemorySegment params) {
    this.fd = fd;
    this.sqEntries = params.get(JAVA_INT, 0);
    this.cqEntries = params.get(JAVA_INT, 4);
    this.sqHeadAt = params.get(JAVA_INT, SQ_OFFSETS);
    this.sqTailAt = params.get(JAVA_INT, SQ_OFFSETS + 4);
    final long arrayAt = params.get(JAVA_INT, SQ_OFFSETS + 24);
    this.cqHeadAt = params.get(JAVA_INT, CQ_OFFSETS);
    this.cqTailAt = params.get(JAVA_INT, CQ_OFFSETS + 4);
    this.cqesAt = params.get(JAVA_INT, CQ_OFFSETS + 20);
    long ringBytes = Math.max(arrayAt + 4L * sqEntries, cqesAt + (long) CQE_BYTES * cqEntries);
    this.ringMapping = Mapping.shared(fd, OFF_SQ_RING, ringBytes);
    try {
      this.sqeMapping = Mapping.shared(fd, OFF_SQES, (long) SQE_BYTES * sqEntries);
    } catch (LinuxException e) {
      ringMapping.close();
      throw e;
    }
    this.ring = ringMapping.segment();
    this.sqes = sqeMapping.segment();
    for (int i = 0; i < sqEntries; i++) {
      ring.set(JAVA_INT, arrayAt + 4L * i, i); // slot i of the ring is entry i, always
    }
  }

  /**
   * Makes a ring.
   *
   * @param entries how many requests one system call can carry, a power of two up to 4096
   * @throws LinuxException ENOSYS or EPERM where io_uring is missing or switched off
   *     (kernel.io_uring_disabled, a seccomp filter); EOPNOTSUPP for a kernel before 5.6
   */
  public static IoUring create(int entries) {
    MemorySegment params = Scratch.current().cleared(PARAMS_BYTES);
    Fd fd =
        Fd.ofResult(
            Libc.syscall(SystemCall.IO_URING_SETUP, entries, params.address()), "io_uring_setup");
    try {
      if ((params.get(JAVA_INT, FEATURES) & FEAT_SINGLE_MMAP) == 0) {
        throw new LinuxException("io_uring_setup", "", Errno.EOPNOTSUPP);
      }
      IoUring made = new IoUring(fd, params);
      made.probe();
      return made;
    } catch (LinuxException e) {
      fd.close();
      throw e;
    }
  }

  /** Makes sure of the operations that we use: a filter may leave the ring and forbid them. */
  private void probe() {
    int size = PROBE_HEADER + PROBE_OPS * Long.BYTES;
    MemorySegment probe = Scratch.current().cleared(size);
    long result =
        Libc.syscall(
            SystemCall.IO_URING_REGISTER, fd.number(), REGISTER_PROBE, probe.address(), PROBE_OPS);
    boolean all = result >= 0;
    for (int operation : new int[] {OP_READV, OP_WRITEV, OP_FSYNC, OP_READ, OP_WRITE}) {
      long at = PROBE_HEADER + (long) operation * Long.BYTES;
      all &= (probe.get(JAVA_SHORT, at + 2) & PROBE_SUPPORTED) != 0;
    }
    if (!all) {
      unmap();
      throw new LinuxException("io_uring_register", "", Errno.EOPNOTSUPP);
    }
  }

  /** Readable while there are completions to be taken. */
  public Fd fd() {
    return fd;
  }

  /** How many requests may be under way. */
  public int capacity() {
    return cqEntries;
  }

  /** Whether another request can be prepared before the next {@link #enter}. */
  public boolean hasRoom() {
    return sqTail - (int) U32.getAcquire(ring, sqHeadAt) < sqEntries;
  }

  /** Requests that are prepared and that the kernel has not seen yet. */
  public int unsubmitted() {
    return unsubmitted;
  }

  /**
   * Prepares a read or write of a file at an offset.
   *
   * @param operation {@link #OP_READ} or {@link #OP_WRITE} with a buffer and its length, {@link
   *     #OP_READV} or {@link #OP_WRITEV} with iovecs and their number
   * @param durable whether a write completes on stable storage only
   * @param token comes back with the completion
   */
  @SuppressWarnings("ParameterNumber")
  public void prepareTransfer(
      int operation, Fd file, long offset, long address, int length, boolean durable, long token) {
    long sqe = entry(operation, file, token);
    sqes.set(JAVA_LONG, sqe + 8, offset);
    sqes.set(JAVA_LONG, sqe + 16, address);
    sqes.set(JAVA_INT, sqe + 24, length);
    sqes.set(JAVA_INT, sqe + 28, durable ? RWF_DSYNC : 0);
  }

  /** Prepares an fdatasync of a file; it waits for no request that is still under way. */
  public void prepareDatasync(Fd file, long token) {
    long sqe = entry(OP_FSYNC, file, token);
    sqes.set(JAVA_INT, sqe + 28, FSYNC_DATASYNC);
  }

  private long entry(int operation, Fd file, long token) {
    long sqe = (long) SQE_BYTES * (sqTail & (sqEntries - 1));
    for (long at = sqe; at < sqe + SQE_BYTES; at += Long.BYTES) {
      sqes.set(JAVA_LONG, at, 0);
    }
    sqes.set(JAVA_BYTE, sqe, (byte) operation);
    sqes.set(JAVA_INT, sqe + 4, file.number());
    sqes.set(JAVA_LONG, sqe + 32, token);
    sqTail++;
    unsubmitted++;
    return sqe;
  }

  /**
   * Hands over what is prepared, and waits until at least {@code minComplete} completions are
   * there.
   *
   * @return 0, or -errno: -EAGAIN and -EBUSY when the kernel is short of memory and takes the rest
   *     later
   */
  public int enter(int minComplete) {
    // Pairs with the kernel's acquire load of the tail: it sees whole entries below it.
    U32.setRelease(ring, sqTailAt, sqTail);
    long result;
    do {
      result =
          Libc.syscall(
              SystemCall.IO_URING_ENTER,
              fd.number(),
              unsubmitted,
              minComplete,
              minComplete > 0 ? ENTER_GETEVENTS : 0);
    } while (result == -Errno.EINTR);
    if (result < 0) {
      return (int) result;
    }
    unsubmitted -= (int) result;
    return 0;
  }

  /** How many completions are there now. */
  public int completions() {
    return (int) U32.getAcquire(ring, cqTailAt) - cqHead;
  }

  /** The token of the oldest completion; only while {@link #completions} is not 0. */
  public long token() {
    return ring.get(JAVA_LONG, completion());
  }

  /** Its result: bytes, 0, or -errno. */
  public int result() {
    return ring.get(JAVA_INT, completion() + 8);
  }

  private long completion() {
    return cqesAt + (long) CQE_BYTES * (cqHead & (cqEntries - 1));
  }

  /** Gives the oldest completion's place back to the kernel. */
  public void advance() {
    cqHead++;
    U32.setRelease(ring, cqHeadAt, cqHead);
  }

  private void unmap() {
    sqeMapping.close();
    ringMapping.close();
  }

  /** Ends it; nothing may be under way. */
  @Override
  public void close() {
    unmap();
    fd.close();
  }
}

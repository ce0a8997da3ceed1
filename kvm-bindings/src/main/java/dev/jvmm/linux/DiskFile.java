package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * A regular file or block device as a disk: vectored I/O, holes, and byte locks.
 *
 * <p>Thread: safe, as {@link Fd} is. The {@code try} methods answer a value or {@code -errno},
 * never {@code -EINTR}.
 *
 * <p>Buffers are given by address: they and the iovecs must stay until the call returns.
 */
public final class DiskFile implements AutoCloseable {

  /** Bytes of a struct iovec: an address and a length of 8 bytes each. */
  public static final int IOVEC_BYTES = 16;

  /** The most iovecs that a call takes (UIO_MAXIOV). */
  public static final int MAX_IOVECS = 1024;

  /** What a path leads to (inode(7)). */
  public enum Kind {
    REGULAR,
    DIRECTORY,
    BLOCK_DEVICE,
    OTHER
  }

  private static final int STAT_BYTES = 144;
  private static final int ST_MODE = 24;
  private static final int ST_SIZE = 48;
  private static final int S_IFMT = 0xF000;
  private static final int S_IFDIR = 0x4000;
  private static final int S_IFBLK = 0x6000;
  private static final int S_IFREG = 0x8000;

  private static final int RWF_DSYNC = 2;
  private static final int FALLOC_FL_KEEP_SIZE = 1;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;
  private static final int FALLOC_FL_ZERO_RANGE = 0x10;

  private static final long BLKGETSIZE64 = 0x8008_1272L;
  private static final long BLKSSZGET = 0x1268;
  private static final long BLKPBSZGET = 0x127B;
  private static final long BLKDISCARD = 0x1277;
  private static final long BLKZEROOUT = 0x127F;

  private static final int F_OFD_GETLK = 36;
  private static final int F_OFD_SETLK = 37;
  private static final short F_RDLCK = 0;
  private static final short F_WRLCK = 1;
  private static final short F_UNLCK = 2;
  private static final int FLOCK_BYTES = 32;

  private final Fd fd;
  private final Kind kind;

  /** Takes over an open descriptor. */
  public DiskFile(Fd fd) {
    this.fd = fd;
    int format = stat().get(JAVA_INT, ST_MODE) & S_IFMT;
    this.kind =
        switch (format) {
          case S_IFREG -> Kind.REGULAR;
          case S_IFDIR -> Kind.DIRECTORY;
          case S_IFBLK -> Kind.BLOCK_DEVICE;
          default -> Kind.OTHER;
        };
  }

  private MemorySegment stat() {
    MemorySegment memory = Scratch.current().cleared(STAT_BYTES);
    LinuxException.check(
        Libc.syscall(SystemCall.FSTAT, fd.number(), memory.address()), "fstat", fd.name());
    return memory;
  }

  public Fd fd() {
    return fd;
  }

  public Kind kind() {
    return kind;
  }

  /** How large it is now: a regular file's length, or the device's capacity. */
  public long sizeBytes() {
    return kind == Kind.BLOCK_DEVICE
        ? ioctlLong(BLKGETSIZE64, "BLKGETSIZE64")
        : stat().get(JAVA_LONG, ST_SIZE);
  }

  /** A block device's smallest unit of I/O. */
  public int logicalBlockBytes() {
    return (int) (ioctlLong(BLKSSZGET, "BLKSSZGET") & 0xFFFF_FFFFL);
  }

  /** The unit that a block device can write without reading first. */
  public int physicalBlockBytes() {
    return (int) (ioctlLong(BLKPBSZGET, "BLKPBSZGET") & 0xFFFF_FFFFL);
  }

  private long ioctlLong(long request, String name) {
    MemorySegment memory = Scratch.current().cleared(Long.BYTES);
    LinuxException.check(
        Libc.syscall(SystemCall.IOCTL, fd.number(), request, memory.address()), name, fd.name());
    return memory.get(JAVA_LONG, 0);
  }

  /**
   * Reads into {@code count} iovecs.
   *
   * @return the number of bytes, perhaps fewer than asked, 0 at the end of the file; or -errno
   */
  public long tryPreadv(long iovecs, int count, long offset) {
    return vectored(SystemCall.PREADV2, iovecs, count, offset, 0);
  }

  /**
   * Writes from {@code count} iovecs.
   *
   * @param durable whether the data is on stable storage when the call returns
   * @return the number of bytes, perhaps fewer than asked; or -errno
   */
  public long tryPwritev(long iovecs, int count, long offset, boolean durable) {
    return vectored(SystemCall.PWRITEV2, iovecs, count, offset, durable ? RWF_DSYNC : 0);
  }

  private long vectored(int systemCall, long iovecs, int count, long offset, int flags) {
    long result;
    do {
      result = Libc.syscall(systemCall, fd.number(), iovecs, count, offset, 0, flags);
    } while (result == -Errno.EINTR);
    return result;
  }

  /** Brings what was written to stable storage; 0 or -errno. */
  public int tryFdatasync() {
    return (int) Libc.restarting(SystemCall.FDATASYNC, fd.number(), 0, 0);
  }

  /** Makes a range a hole that reads zero, and keeps the size; 0 or -errno. */
  public int tryPunchHole(long offset, long lengthBytes) {
    return fallocate(FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
  }

  /** Makes a range read zero while its space stays allocated; 0 or -errno. */
  public int tryZeroRange(long offset, long lengthBytes) {
    return fallocate(FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE, offset, lengthBytes);
  }

  private int fallocate(int mode, long offset, long lengthBytes) {
    return (int) Libc.restarting(SystemCall.FALLOCATE, fd.number(), mode, offset, lengthBytes);
  }

  /** Tells a block device that a range is not needed; what it reads after is the device's. */
  public int tryDiscardBlocks(long offset, long lengthBytes) {
    return blockRange(BLKDISCARD, offset, lengthBytes);
  }

  /** Makes a range of a block device read zero; 0 or -errno. */
  public int tryZeroBlocks(long offset, long lengthBytes) {
    return blockRange(BLKZEROOUT, offset, lengthBytes);
  }

  private int blockRange(long request, long offset, long lengthBytes) {
    MemorySegment range = Scratch.current().memory();
    range.set(JAVA_LONG, 0, offset);
    range.set(JAVA_LONG, Long.BYTES, lengthBytes);
    return (int) Libc.restarting(SystemCall.IOCTL, fd.number(), request, range.address());
  }

  /**
   * Takes a shared lock on one byte (F_OFD_SETLK): the open file's, not the process's, so two
   * openings of one file in one process see each other.
   *
   * @return 0, or -errno: -EAGAIN if another open file holds it exclusively
   */
  public int tryLockShared(long offset) {
    MemorySegment lock = lock(F_RDLCK, offset);
    return (int) Libc.restarting(SystemCall.FCNTL, fd.number(), F_OFD_SETLK, lock.address());
  }

  /**
   * Whether another open file has any lock on one byte.
   *
   * @return 1 for yes, 0 for no, or -errno
   */
  public int tryLockedByOther(long offset) {
    MemorySegment lock = lock(F_WRLCK, offset);
    long result = Libc.restarting(SystemCall.FCNTL, fd.number(), F_OFD_GETLK, lock.address());
    return result < 0 ? (int) result : lock.get(JAVA_SHORT, 0) == F_UNLCK ? 0 : 1;
  }

  /** A struct flock for one byte: type, whence (0: from the start), start, length, pid (0). */
  private static MemorySegment lock(short type, long offset) {
    MemorySegment lock = Scratch.current().cleared(FLOCK_BYTES);
    lock.set(JAVA_SHORT, 0, type);
    lock.set(JAVA_LONG, 8, offset);
    lock.set(JAVA_LONG, 16, 1);
    return lock;
  }

  /** Closes the descriptor, which ends its locks. */
  @Override
  public void close() {
    fd.close();
  }
}

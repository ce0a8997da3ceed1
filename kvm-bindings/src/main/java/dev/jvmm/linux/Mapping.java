package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Memory that we mapped (mmap(2)), unmapped by {@link #close}.
 *
 * <p>Thread: safe. After {@link #close} an access through {@link #segment()} throws, in whatever
 * thread; the kernel must have stopped using the memory before.
 */
public final class Mapping implements AutoCloseable {

  /** What guest RAM is aligned to: a page of the second level, which KVM can map in one step. */
  public static final long HUGE_PAGE_SIZE = 2L << 20;

  private static final int PROT_READ = 1;
  private static final int PROT_WRITE = 2;
  private static final int MAP_SHARED = 0x01;
  private static final int MAP_PRIVATE = 0x02;
  private static final int MAP_FIXED = 0x10;
  private static final int MAP_ANONYMOUS = 0x20;
  private static final int MAP_NORESERVE = 0x4000;
  private static final int MADV_HUGEPAGE = 14;
  private static final int MADV_DONTNEED = 4;
  private static final int MADV_REMOVE = 9;
  private static final int MADV_POPULATE_WRITE = 23; // Linux 5.14
  private static final int PAGE_SIZE = 4096;

  private final Arena arena = Arena.ofShared();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final MemorySegment segment;
  private final int discardAdvice;
  private final long pageSizeBytes;

  // SAFETY: the range is one that mmap has just given us, and nobody else unmaps it; the segment's
  // life is the arena's, whose clean-up unmaps.
  @SuppressWarnings("restricted")
  private Mapping(long address, long sizeBytes, int discardAdvice, long pageSizeBytes) {
    this.discardAdvice = discardAdvice;
    this.pageSizeBytes = pageSizeBytes;
    segment =
        MemorySegment.ofAddress(address)
            .reinterpret(sizeBytes, arena, new Unmap(address, sizeBytes));
  }

  /** A class rather than a lambda, which costs a millisecond at start-up. */
  private record Unmap(long address, long sizeBytes) implements Consumer<MemorySegment> {
    @Override
    public void accept(MemorySegment unmapped) {
      Libc.syscall(SystemCall.MUNMAP, address, sizeBytes);
    }
  }

  /** Zeroed memory of our own, populated as it is touched. */
  public static Mapping anonymous(long sizeBytes) {
    return new Mapping(
        map(0, sizeBytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
        sizeBytes,
        MADV_DONTNEED,
        PAGE_SIZE);
  }

  /** A part of a file, shared with everyone who maps it; the descriptor may be closed after. */
  public static Mapping shared(Fd fd, long offset, long sizeBytes) {
    return new Mapping(
        map(0, sizeBytes, MAP_SHARED, fd.number(), offset), sizeBytes, MADV_REMOVE, PAGE_SIZE);
  }

  /**
   * Guest RAM: zeroed memory whose address equals {@code gpa} modulo 2 MiB, with huge pages asked
   * for.
   *
   * <p>Where the host's and the guest's addresses differ modulo 2 MiB, KVM can map by 4 KiB pages
   * only and the guest pays with hundreds of times the page faults.
   *
   * @param sizeBytes a multiple of 4 KiB, more than 0
   * @param gpa the guest-physical address that it will be seen at
   * @throws LinuxException ENOMEM if the address space, or what the host may map, is too small
   */
  public static Mapping guestRam(long sizeBytes, long gpa) {
    long address = mapCongruent(sizeBytes, gpa, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    return new Mapping(address, sizeBytes, MADV_DONTNEED, PAGE_SIZE).askForHugePages();
  }

  /**
   * Guest RAM that another process may map too.
   *
   * @param memory the file
   * @param offset where in it the region begins; a multiple of its page size
   * @param sizeBytes a multiple of its page size, more than 0
   * @param gpa the guest-physical address that it will be seen at
   */
  public static Mapping guestRam(MemFd memory, long offset, long sizeBytes, long gpa) {
    long address =
        mapCongruent(sizeBytes, gpa, MAP_SHARED | MAP_NORESERVE, memory.fd().number(), offset);
    return new Mapping(address, sizeBytes, MADV_REMOVE, memory.pageSizeBytes()).askForHugePages();
  }

  /** Reserves 2 MiB more than asked, maps at the right place inside, and gives back both ends. */
  private static long mapCongruent(long sizeBytes, long gpa, int flags, int fd, long offset) {
    if (sizeBytes > Long.MAX_VALUE - HUGE_PAGE_SIZE) {
      throw refused("mmap", sizeBytes, -Errno.ENOMEM);
    }
    long reservedBytes = sizeBytes + HUGE_PAGE_SIZE;
    long reserved = tryMap(0, reservedBytes, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (reserved < 0) {
      throw refused("mmap", sizeBytes, reserved);
    }
    long address = reserved + Math.floorMod(gpa - reserved, HUGE_PAGE_SIZE);
    try {
      map(address, sizeBytes, flags | MAP_FIXED, fd, offset);
    } catch (LinuxException e) {
      unmap(reserved, reservedBytes);
      throw e;
    }
    unmap(reserved, address - reserved);
    unmap(address + sizeBytes, reserved + reservedBytes - (address + sizeBytes));
    return address;
  }

  private static void unmap(long address, long sizeBytes) {
    if (sizeBytes > 0) {
      Libc.syscall(SystemCall.MUNMAP, address, sizeBytes);
    }
  }

  private static long map(long address, long sizeBytes, int flags, int fd, long offset) {
    long result = tryMap(address, sizeBytes, flags, fd, offset);
    if (result < 0) {
      throw refused("mmap", sizeBytes, result);
    }
    return result;
  }

  /** The address, or {@code -errno}: no address in our half of the address space is negative. */
  private static long tryMap(long address, long sizeBytes, int flags, int fd, long offset) {
    return Libc.syscall(
        SystemCall.MMAP, address, sizeBytes, PROT_READ | PROT_WRITE, flags, fd, offset);
  }

  /** Made only when it is needed: joining strings costs milliseconds the first time. */
  private static LinuxException refused(String operation, long sizeBytes, long result) {
    return new LinuxException(operation, sizeBytes + " bytes", (int) -result);
  }

  /** A wish: a kernel without transparent huge pages answers EINVAL, and all works slower. */
  private Mapping askForHugePages() {
    Libc.syscall(SystemCall.MADVISE, address(), sizeBytes(), MADV_HUGEPAGE);
    return this;
  }

  /**
   * Gives every page memory now rather than at its first touch. Before the guest runs.
   *
   * @throws LinuxException ENOMEM if there isn't enough
   */
  public void populate() {
    long result = Libc.restarting(SystemCall.MADVISE, address(), sizeBytes(), MADV_POPULATE_WRITE);
    if (result == -Errno.EINVAL) {
      for (long offset = 0; offset < sizeBytes(); offset += PAGE_SIZE) {
        segment.set(JAVA_BYTE, offset, segment.get(JAVA_BYTE, offset));
      }
      return;
    }
    if (result < 0) {
      throw refused("madvise", sizeBytes(), result);
    }
  }

  /**
   * Gives the whole pages of a range back to the host, out of the file behind it where there is
   * one; they read zero after. Warm, it allocates nothing.
   *
   * @return how many bytes went back; 0 where no page lies in the range from end to end, or the
   *     host keeps them (locked, or a file that can't have holes)
   */
  public long discard(long offset, long lengthBytes) {
    Objects.checkFromIndexSize(offset, lengthBytes, sizeBytes());
    long start = (offset + pageSizeBytes - 1) & -pageSizeBytes;
    long end = (offset + lengthBytes) & -pageSizeBytes;
    if (start >= end || closed.get()) { // after the close those addresses may be another's
      return 0;
    }
    long result =
        Libc.restarting(SystemCall.MADVISE, address() + start, end - start, discardAdvice);
    return result < 0 ? 0 : end - start;
  }

  /** The memory, closed with this. */
  public MemorySegment segment() {
    return segment;
  }

  public long address() {
    return segment.address();
  }

  public long sizeBytes() {
    return segment.byteSize();
  }

  /**
   * Unmaps it, the first time.
   *
   * @throws IllegalStateException if another thread is inside a call that holds the segment; it is
   *     still mapped then
   */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      try {
        arena.close();
      } catch (IllegalStateException e) {
        closed.set(false);
        throw e;
      }
    }
  }
}

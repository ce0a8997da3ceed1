package dev.jvmm.block;

import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * What O_DIRECT asks of a request: powers of two, 1 where it asks nothing.
 *
 * <p>Thread: immutable.
 *
 * @param placeBytes of offsets and lengths on the disk
 * @param memoryBytes of the memory's addresses and lengths
 */
record Alignment(int placeBytes, int memoryBytes) {

  /** Of I/O by the page cache. */
  static final Alignment NONE = new Alignment(1, 1);

  private static final int LARGEST = 4096;

  /**
   * Finds out by trying: what a file system wants is in no interface that every kernel has
   * (STATX_DIOALIGN is Linux 6.1's).
   *
   * @return null if no read by O_DIRECT succeeds
   */
  static @Nullable Alignment probe(DiskFile file) {
    try (Mapping memory = Mapping.anonymous(4L * LARGEST);
        Arena arena = Arena.ofConfined()) {
      MemorySegment iovec = arena.allocate(DiskFile.IOVEC_BYTES, Long.BYTES);
      int place = BlockLimits.SECTOR_BYTES;
      while (place <= LARGEST && !reads(file, iovec, memory.address(), place)) {
        place *= 2;
      }
      int step = BlockLimits.SECTOR_BYTES;
      while (step < LARGEST && !reads(file, iovec, memory.address() + step, LARGEST)) {
        step *= 2;
      }
      return place > LARGEST ? null : new Alignment(place, step);
    }
  }

  private static boolean reads(DiskFile file, MemorySegment iovec, long address, int length) {
    iovec.set(ValueLayout.JAVA_LONG, 0, address);
    iovec.set(ValueLayout.JAVA_LONG, Long.BYTES, length);
    return file.tryPreadv(iovec.address(), 1, 0) != -Errno.EINVAL;
  }

  long down(long offset) {
    return offset & -(long) placeBytes;
  }

  long up(long offset) {
    return (offset + placeBytes - 1) & -(long) placeBytes;
  }
}

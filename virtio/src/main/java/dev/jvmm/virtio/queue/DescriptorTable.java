package dev.jvmm.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * A table of descriptors (virtio 1.2, 2.7.5): that of a queue, or an indirect one, at which the
 * same object is pointed again and again, so that a request allocates nothing.
 *
 * <p>The guest writes this memory while we read it. A descriptor is read in two loads, its address
 * and {@link #rest}, each once a walk.
 *
 * <p>Thread: confined to the worker of its queue.
 */
final class DescriptorTable {

  static final int DESCRIPTOR_BYTES = 16;

  static final int F_NEXT = 1;
  static final int F_WRITE = 2;
  static final int F_INDIRECT = 4;

  // An indirect table has no alignment that the specification asks for.
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private static final long REST = 8;

  private MemorySegment memory = MemorySegment.NULL;
  private long base;
  private int count;

  /** Looks at {@code count} descriptors from {@code base} on, checked to lie in {@code memory}. */
  void pointTo(MemorySegment newMemory, long newBase, int newCount) {
    memory = newMemory;
    base = newBase;
    count = newCount;
  }

  int count() {
    return count;
  }

  /** The guest-physical address; {@code index} is below {@link #count}. */
  long address(int index) {
    return memory.get(U64, base + (long) index * DESCRIPTOR_BYTES);
  }

  /** Length, flags and next in one load, for the three methods below. */
  long rest(int index) {
    return memory.get(U64, base + (long) index * DESCRIPTOR_BYTES + REST);
  }

  static long length(long rest) {
    return rest & 0xFFFF_FFFFL;
  }

  static int flags(long rest) {
    return (int) (rest >>> 32) & 0xFFFF;
  }

  static int next(long rest) {
    return (int) (rest >>> 48);
  }
}

package dev.jvmm.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The device's half of a split virtqueue (virtio 1.2, 2.7.8). We never read it: what the guest puts
 * there does not matter to us.
 *
 * <p>Thread: confined to the worker of its queue.
 */
final class UsedRing {

  // Aligned on purpose: only an aligned layout has acquire/release access.
  private static final VarHandle U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();
  private static final VarHandle U32 =
      ValueLayout.JAVA_INT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  static final int FLAG_NO_NOTIFY = 1;

  private static final long FLAGS = 0;
  private static final long IDX = 2;
  private static final long RING = 4;
  private static final long ELEMENT_BYTES = 8;
  private static final long ELEMENT_LENGTH = 4;

  private final MemorySegment ring;
  private final int size;

  /** Takes the checked, 4-aligned slice of guest memory that holds the ring. */
  UsedRing(MemorySegment ring, int size) {
    this.ring = ring;
    this.size = size;
  }

  static long sizeBytes(int size) {
    return RING + ELEMENT_BYTES * size + 2;
  }

  /** Fills slot {@code position}; the driver does not look there before the index is published. */
  void put(int position, int head, int length) {
    long element = RING + ELEMENT_BYTES * (position & (size - 1));
    U32.set(ring, element, head);
    U32.set(ring, element + ELEMENT_LENGTH, length);
  }

  /** Pairs with the driver's acquire load of {@code idx}: elements below it are visible to it. */
  void publishIdxRelease(int idx) {
    U16.setRelease(ring, IDX, (short) idx);
  }

  void flags(int flags) {
    U16.setRelease(ring, FLAGS, (short) flags);
  }

  /** The avail index at which the device wants its notification. */
  void availEvent(int idx) {
    U16.setRelease(ring, RING + ELEMENT_BYTES * size, (short) idx);
  }
}

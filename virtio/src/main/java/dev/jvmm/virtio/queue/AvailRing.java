package dev.jvmm.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The driver's half of a split virtqueue (virtio 1.2, 2.7.6), seen from the device.
 *
 * <p>The guest writes this memory while we read it: every method reads its field exactly once.
 *
 * <p>Thread: confined to the worker of its queue.
 */
final class AvailRing {

  // Aligned on purpose: only an aligned layout has acquire/release access.
  private static final VarHandle U16 =
      ValueLayout.JAVA_SHORT.withOrder(ByteOrder.LITTLE_ENDIAN).varHandle();

  static final int FLAG_NO_INTERRUPT = 1;

  private static final long FLAGS = 0;
  private static final long IDX = 2;
  private static final long RING = 4;

  private final MemorySegment ring;
  private final int size;

  /** Takes the checked, 2-aligned slice of guest memory that holds the ring. */
  AvailRing(MemorySegment ring, int size) {
    this.ring = ring;
    this.size = size;
  }

  static long sizeBytes(int size) {
    return RING + 2L * size + 2;
  }

  /** Read behind the fence that follows the used index (2.7.7.2). */
  int flags() {
    return Short.toUnsignedInt((short) U16.getAcquire(ring, FLAGS));
  }

  /** Pairs with the driver's release store of {@code idx}: entries below it are visible after. */
  int idxAcquire() {
    return Short.toUnsignedInt((short) U16.getAcquire(ring, IDX));
  }

  /** The head descriptor in slot {@code position}; only valid below {@link #idxAcquire()}. */
  int head(int position) {
    return Short.toUnsignedInt((short) U16.get(ring, RING + 2L * (position & (size - 1))));
  }

  /** The used index at which the driver wants its interrupt; read behind the fence, too. */
  int usedEvent() {
    return Short.toUnsignedInt((short) U16.getAcquire(ring, RING + 2L * size));
  }
}

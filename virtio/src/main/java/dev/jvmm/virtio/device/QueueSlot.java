package dev.jvmm.virtio.device;

import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.QueueRings;
import java.util.EnumMap;
import java.util.Map;

/**
 * What the driver has told of one queue (virtio 1.2, 4.1.4.3 and 4.2.2), kept as it was told: it is
 * checked when the queue is enabled.
 *
 * <p>Thread: guarded by the monitor of its {@link VirtioDevice}.
 */
final class QueueSlot {

  /** How far the driver has come with it. */
  enum Phase {
    /** Not enabled since the device's reset. */
    DISABLED,
    ENABLED,
    /** Its own reset was asked for, and I/O is still in flight. */
    RESETTING,
    /** Reset by itself: the only way to be enabled when the driver is ready already. */
    RESET
  }

  private final QueueLimits limits;
  private final Map<QueueArea, Long> areas = new EnumMap<>(QueueArea.class);
  private int size;
  private Phase phase = Phase.DISABLED;

  QueueSlot(QueueLimits limits) {
    this.limits = limits;
    clear(Phase.DISABLED);
  }

  void clear(Phase newPhase) {
    size = limits.maxSize();
    areas.clear();
    phase = newPhase;
  }

  QueueLimits limits() {
    return limits;
  }

  Phase phase() {
    return phase;
  }

  void phase(Phase newPhase) {
    phase = newPhase;
  }

  int size() {
    return size;
  }

  void size(int newSize) {
    size = newSize;
  }

  long area(QueueArea area) {
    return areas.getOrDefault(area, 0L);
  }

  void area(QueueArea area, boolean high, int word) {
    long old = area(area);
    long now =
        high
            ? (old & 0xFFFF_FFFFL) | ((long) word << 32)
            : (old & 0xFFFF_FFFF_0000_0000L) | Integer.toUnsignedLong(word);
    areas.put(area, now);
  }

  QueueRings.Addresses addresses() {
    return new QueueRings.Addresses(
        size, area(QueueArea.DESCRIPTOR), area(QueueArea.DRIVER), area(QueueArea.DEVICE));
  }
}

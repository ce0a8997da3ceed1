package dev.jvmm.virtio.device;

import dev.jvmm.virtio.device.QueueSlot.Phase;
import dev.jvmm.virtio.queue.QueueLimits;
import java.util.ArrayList;
import java.util.List;

/**
 * The queues of a device by number, which may be any that the guest picks, and the rule for when
 * the registers of one count.
 *
 * <p>Thread: guarded by the monitor of its {@link VirtioDevice}; which queues there are never
 * changes.
 */
final class QueueSlots {

  private final List<QueueSlot> slots;

  QueueSlots(List<QueueLimits> queues) {
    slots = new ArrayList<>(queues.size());
    for (QueueLimits limits : queues) {
      slots.add(new QueueSlot(limits));
    }
  }

  int count() {
    return slots.size();
  }

  boolean exists(int index) {
    return index >= 0 && index < slots.size();
  }

  /** A queue that {@link #exists}. */
  QueueSlot get(int index) {
    return slots.get(index);
  }

  /** Whether there is such a queue, and how far it has come. */
  boolean is(int index, Phase phase) {
    return exists(index) && slots.get(index).phase() == phase;
  }

  /**
   * Whether size and addresses can be written: while the device is being set up and the queue is
   * not enabled yet, or later, once the queue has been reset by itself (4.1.4.3.2).
   */
  boolean settable(int index, boolean settingUp, boolean running) {
    return exists(index)
        && switch (slots.get(index).phase()) {
          case DISABLED -> settingUp;
          case RESET -> running;
          case ENABLED, RESETTING -> false;
        };
  }

  /** As after the device's reset. */
  void clear() {
    for (QueueSlot slot : slots) {
      slot.clear(Phase.DISABLED);
    }
  }
}

package dev.jvmm.virtio.device;

import dev.jvmm.core.event.WorkerRunner;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.trace.Origin;
import dev.jvmm.virtio.device.Life.Served;
import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.QueueListener;
import dev.jvmm.virtio.queue.QueueRings;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * Makes a queue that a driver has set up into one that somebody works on.
 *
 * <p>Thread: immutable; called under the monitor of its {@link VirtioDevice}.
 *
 * @param memory where rings and buffers are
 * @param runner whose thread works on them
 * @param interrupts the way to the driver
 * @param needsReset called from any thread when a driver has broken its ring
 */
record QueueStarter(
    GuestMemory memory, WorkerRunner runner, Interrupts interrupts, Runnable needsReset) {

  /** Whether rings can be where the driver says. */
  boolean canBe(QueueSlot slot) {
    return rings(slot) != null;
  }

  private @Nullable QueueRings rings(QueueSlot slot) {
    return QueueRings.of(memory, slot.limits().maxSize(), slot.addresses());
  }

  /** Starts a queue of {@code run}; its worker, which sleeps, wakes by {@code wake}. */
  @Nullable Served start(DeviceModel.Run run, long features, Numbered queue, Runnable wake) {
    QueueLimits limits = queue.slot().limits();
    QueueRings rings = rings(queue.slot());
    if (rings == null) {
      return null; // can't be: it was checked, and neither RAM nor addresses have changed
    }
    SplitVirtqueue.Options options =
        new SplitVirtqueue.Options(
            (features & Features.EVENT_IDX) != 0, (features & Features.INDIRECT_DESC) != 0);
    SplitVirtqueue ring =
        new SplitVirtqueue(memory, rings, limits, options, new ToDriver(queue.index()));
    ring.origin(queue.origin());
    QueueWorker worker = run.serve(queue.index(), ring, wake);
    return new Served(runner.start(new RecordedWorker(worker, queue)), worker);
  }

  /** A slot, the number of its queue, and whose it is. */
  record Numbered(int index, QueueSlot slot, Origin origin) {}

  private final class ToDriver implements QueueListener {

    private final int index;

    ToDriver(int index) {
      this.index = index;
    }

    @Override
    public void interrupt() {
      interrupts.queueUsed(index);
    }

    @Override
    public void broken() {
      needsReset.run();
    }
  }
}

package dev.jvmm.virtio.vsock;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * Tells a driver, once, that every connection of the one before is gone (virtio 1.2, 5.10.6.7):
 * VIRTIO_VSOCK_EVENT_TRANSPORT_RESET, after a reset of the device.
 *
 * <p>Thread: confined to its runner.
 */
final class EventWorker implements QueueWorker {

  private static final byte[] TRANSPORT_RESET = new byte[Integer.BYTES]; // its number is 0

  private final SplitVirtqueue queue;
  private boolean due;

  EventWorker(SplitVirtqueue queue, boolean due) {
    this.queue = queue;
    this.due = due;
  }

  @Override
  public int runOnce() {
    DescriptorChain room = due ? queue.poll() : null;
    if (room != null) {
      boolean fits = room.writable().write(0, TRANSPORT_RESET, TRANSPORT_RESET.length);
      queue.complete(room, fits ? TRANSPORT_RESET.length : 0);
      queue.flush();
      due = !fits;
    }
    return due && queue.allowNotifications() ? 1 : 0;
  }

  @Override
  public void drain(Runnable drained) {
    drained.run();
  }
}

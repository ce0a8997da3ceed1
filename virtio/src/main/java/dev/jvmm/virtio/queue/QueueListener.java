package dev.jvmm.virtio.queue;

/**
 * Told what a queue has for the driver.
 *
 * <p>Thread: called on the queue's worker.
 */
public interface QueueListener {

  /** The driver wants to hear of the buffers that were used. */
  void interrupt();

  /** The driver broke the ring; nothing more comes out of the queue. Told once. */
  void broken();
}

package dev.jvmm.virtio.device;

import dev.jvmm.core.event.Worker;

/**
 * What works on one queue.
 *
 * <p>Thread: both methods are called on the thread of the device's runner.
 */
public interface QueueWorker extends Worker {

  /**
   * Lets go of guest memory: called once, after the last run. {@code drained} is called on the
   * runner's thread when no I/O of this queue is in flight any more; until then the driver's reset
   * is not done, so no completion ever writes into memory that is another's by then.
   */
  void drain(Runnable drained);
}

package dev.jvmm.virtio.console;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * The transmit queue of a port that isn't there: what the driver sends goes nowhere.
 *
 * <p>Thread: confined to the event loop.
 */
final class SinkWorker implements QueueWorker {

  /** Buffers a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final SplitVirtqueue queue;

  SinkWorker(SplitVirtqueue queue) {
    this.queue = queue;
  }

  @Override
  public int runOnce() {
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      queue.complete(chain, 0);
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  @Override
  public void drain(Runnable drained) {
    drained.run();
  }
}

package dev.jvmm.virtio.balloon;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * The deflate queue: the guest takes pages back. There is nothing to do, since the host gives a
 * page its memory when it is touched.
 *
 * <p>Thread: confined to its runner.
 */
final class DeflateWorker implements QueueWorker {

  /** Lists a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final SplitVirtqueue queue;

  DeflateWorker(SplitVirtqueue queue) {
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

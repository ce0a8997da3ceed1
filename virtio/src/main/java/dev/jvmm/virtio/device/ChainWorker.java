package dev.jvmm.virtio.device;

import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * Works on a queue whose chains wait for nothing: each is looked at and goes back at once, a
 * bounded number of them a run.
 *
 * <p>Thread: confined to its runner.
 */
public final class ChainWorker implements QueueWorker {

  private final SplitVirtqueue queue;
  private final int batch;
  private final Handler handler;

  /** What a device does with a chain. */
  @FunctionalInterface
  public interface Handler {

    /**
     * Looks at a chain, which goes back when this returns; answers how many bytes it has filled.
     */
    int handle(DescriptorChain chain);
  }

  /**
   * A worker on {@code queue}.
   *
   * @param batch how many chains it takes before the other devices of the event loop have their
   *     turn
   */
  public ChainWorker(SplitVirtqueue queue, int batch, Handler handler) {
    this.queue = queue;
    this.batch = batch;
    this.handler = handler;
  }

  @Override
  public int runOnce() {
    queue.suppressNotifications();
    int done = 0;
    while (done < batch) {
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      queue.complete(chain, handler.handle(chain));
      done++;
    }
    queue.flush();
    return done == batch || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  @Override
  public void drain(Runnable drained) {
    drained.run();
  }
}

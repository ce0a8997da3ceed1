package dev.jvmm.virtio.rng;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * Fills the requests of the entropy queue.
 *
 * <p>Thread: confined to its runner.
 */
final class RngWorker implements QueueWorker {

  /** Bytes a request; the attack that it stops: one buffer of gigabytes that keeps us busy. */
  private static final int MAX_REQUEST_BYTES = 4096;

  /** Requests a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 16;

  private final SplitVirtqueue queue;
  private final EntropySource source;
  private final Quota quota;
  private final byte[] bytes = new byte[MAX_REQUEST_BYTES];

  RngWorker(SplitVirtqueue queue, EntropySource source, Quota quota) {
    this.queue = queue;
    this.source = source;
    this.quota = quota;
  }

  @Override
  public int runOnce() {
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      long allowed = quota.left();
      if (allowed == 0) {
        queue.flush();
        return 0; // the quota wakes us; until then the driver need not notify
      }
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      int length =
          (int) Math.min(Math.min(allowed, MAX_REQUEST_BYTES), chain.writable().sizeBytes());
      source.fill(bytes, length);
      chain.writable().write(0, bytes, length);
      quota.take(length);
      queue.complete(chain, length);
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  @Override
  public void drain(Runnable drained) {
    quota.close();
    drained.run();
  }
}

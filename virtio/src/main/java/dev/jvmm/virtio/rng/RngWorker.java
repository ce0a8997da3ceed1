package dev.jvmm.virtio.rng;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

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
  private final Runnable ready;
  private final byte[] bytes = new byte[MAX_REQUEST_BYTES];
  private @Nullable DescriptorChain chain; // waits for the source

  RngWorker(SplitVirtqueue queue, EntropySource source, Quota quota, Runnable ready) {
    this.queue = queue;
    this.source = source;
    this.quota = quota;
    this.ready = ready;
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
      DescriptorChain next = chain == null ? queue.poll() : chain;
      chain = next;
      if (next == null) {
        break;
      }
      if (!serve(next, allowed)) {
        queue.flush();
        return 0; // the source wakes us
      }
      chain = null;
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  /** Fills a request, not necessarily whole; false where there is nothing to fill it with yet. */
  private boolean serve(DescriptorChain request, long allowed) {
    int wanted =
        (int) Math.min(Math.min(allowed, MAX_REQUEST_BYTES), request.writable().sizeBytes());
    int length = wanted == 0 ? 0 : source.fill(bytes, wanted, ready);
    if (length == 0 && wanted > 0) {
      return false;
    }
    request.writable().write(0, bytes, length);
    quota.take(length);
    queue.complete(request, length);
    return true;
  }

  @Override
  public void drain(Runnable drained) {
    quota.close();
    chain = null;
    drained.run();
  }
}

package dev.jvmm.virtio.device;

import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

/**
 * Two queues; completes each request as it came; can be slow to drain.
 *
 * <p>Thread: one test's.
 */
public final class Echo implements DeviceModel {

  /** How many descriptors each queue has. */
  public static final int SIZE = 16;

  /** What waits to be told that it is drained. */
  public final Queue<Runnable> drained = new ArrayDeque<>();

  /** Whether draining takes until the test says so. */
  public boolean holdDrain;

  public Echo() {}

  @Override
  public int deviceId() {
    return 63;
  }

  @Override
  public long features() {
    return 1;
  }

  @Override
  public List<QueueLimits> queues() {
    return List.of(new QueueLimits(SIZE, 1 << 20), new QueueLimits(SIZE, 1 << 20));
  }

  @Override
  public ConfigSpace config() {
    return ConfigSpace.EMPTY;
  }

  @Override
  public Run start(long features) {
    return (index, queue, wake) -> new EchoWorker(queue);
  }

  private final class EchoWorker implements QueueWorker {

    private final SplitVirtqueue queue;

    EchoWorker(SplitVirtqueue queue) {
      this.queue = queue;
    }

    @Override
    public int runOnce() {
      queue.suppressNotifications();
      DescriptorChain chain = queue.poll();
      if (chain != null) {
        queue.complete(chain, chain.writable().sizeBytes());
      }
      queue.flush();
      return queue.allowNotifications() ? 1 : 0;
    }

    @Override
    public void drain(Runnable whenDrained) {
      if (holdDrain) {
        drained.add(whenDrained);
      } else {
        whenDrained.run();
      }
    }
  }
}

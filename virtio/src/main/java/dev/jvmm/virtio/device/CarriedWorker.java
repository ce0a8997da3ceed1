package dev.jvmm.virtio.device;

import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * Works on a queue by having it carried: what is left to do is to begin, to pass on the
 * notifications that did not reach the carrier by themselves, and to end.
 *
 * <p>Thread: as every {@link QueueWorker}.
 */
public final class CarriedWorker implements QueueWorker {

  private final QueueCarrier carrier;
  private final SplitVirtqueue queue;
  private final long features;
  private final Runnable begin;
  private boolean begun;
  private boolean carried;

  /**
   * One that has not begun.
   *
   * @param begin run before the queue is handed over
   */
  public CarriedWorker(QueueCarrier carrier, SplitVirtqueue queue, long features, Runnable begin) {
    this.carrier = carrier;
    this.queue = queue;
    this.features = features;
    this.begin = begin;
  }

  @Override
  public int runOnce() {
    if (!begun) {
      begun = true;
      begin.run();
      SplitVirtqueue.HandOver handOver = queue.handOver();
      carried = carrier.start(handOver, features);
      if (!carried) {
        handOver.listener().broken();
      }
    }
    if (carried) {
      carrier.kick().signal();
    }
    return 0;
  }

  @Override
  public void drain(Runnable drained) {
    if (carried) {
      carried = false;
      queue.takeBack(carrier.stop());
    }
    drained.run();
  }
}

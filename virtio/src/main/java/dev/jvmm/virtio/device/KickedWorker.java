package dev.jvmm.virtio.device;

/**
 * A worker of ours on a queue that could be carried: the driver's notifications reach the carrier,
 * which passes them on.
 *
 * <p>Thread: as every {@link QueueWorker}.
 */
public final class KickedWorker implements QueueWorker {

  private final QueueWorker worker;
  private final QueueCarrier carrier;
  private final Runnable wake;
  private boolean listening;

  /**
   * Puts {@code worker} behind the notifications that {@code carrier} gets.
   *
   * @param wake asks for a run
   */
  public KickedWorker(QueueWorker worker, QueueCarrier carrier, Runnable wake) {
    this.worker = worker;
    this.carrier = carrier;
    this.wake = wake;
  }

  @Override
  public int runOnce() {
    if (!listening) {
      listening = true;
      carrier.listen(wake);
    }
    return worker.runOnce();
  }

  @Override
  public void drain(Runnable drained) {
    carrier.listen(null);
    worker.drain(drained);
  }
}

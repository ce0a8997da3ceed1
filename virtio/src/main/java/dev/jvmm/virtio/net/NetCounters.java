package dev.jvmm.virtio.net;

import java.util.concurrent.atomic.LongAdder;

/**
 * How much went by, what became of frames that did not go their way, and how often that way was
 * blocked.
 *
 * <p>Thread: safe.
 */
public final class NetCounters {

  private final LongAdder sentFrames = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder receivedFrames = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder starved = new LongAdder();
  private final LongAdder blocked = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final LongAdder filtered = new LongAdder();
  private final LongAdder receiveDropped = new LongAdder();
  private final LongAdder receiveLost = new LongAdder();
  private final LongAdder sendDropped = new LongAdder();
  private final LongAdder sendLost = new LongAdder();

  /**
   * The numbers at one time.
   *
   * @param starved how often the driver had no buffers
   * @param blocked how often the network had no room
   * @param malformed requests that are no frame, or no room for one
   * @param filtered frames that the driver does not want
   * @param receiveDropped frames too long for the driver, or while there was no link
   * @param receiveLost what the network failed to bring
   * @param sendDropped frames while there was no link
   * @param sendLost frames that the network refused
   */
  public record Numbers(
      long starved,
      long blocked,
      long malformed,
      long filtered,
      long receiveDropped,
      long receiveLost,
      long sendDropped,
      long sendLost) {}

  NetCounters() {}

  /** The numbers now. */
  public Numbers numbers() {
    return new Numbers(
        starved.sum(),
        blocked.sum(),
        malformed.sum(),
        filtered.sum(),
        receiveDropped.sum(),
        receiveLost.sum(),
        sendDropped.sum(),
        sendLost.sum());
  }

  /** Frames that went by. */
  public long frames(boolean sent) {
    return (sent ? sentFrames : receivedFrames).sum();
  }

  /** Their bytes, virtio's headers among them. */
  public long bytes(boolean sent) {
    return (sent ? sentBytes : receivedBytes).sum();
  }

  void sent(int bytes) {
    sentFrames.increment();
    sentBytes.add(bytes);
  }

  void received(int bytes) {
    receivedFrames.increment();
    receivedBytes.add(bytes);
  }

  void starved() {
    starved.increment();
  }

  void blocked() {
    blocked.increment();
  }

  void malformed() {
    malformed.increment();
  }

  void filtered() {
    filtered.increment();
  }

  void receiveDropped() {
    receiveDropped.increment();
  }

  void receiveLost() {
    receiveLost.increment();
  }

  void sendDropped() {
    sendDropped.increment();
  }

  void sendLost() {
    sendLost.increment();
  }
}

package dev.jvmm.virtio.console;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A transmit queue: from the driver's buffers to the host end. A buffer that the host end does not
 * take whole stays the device's until it does, so nothing is lost and nothing piles up. A console's
 * does not stay for ever: Linux waits for it with a lock held and interrupts off, so a host that
 * does not read would halt a CPU of the guest, and with it all else that the device does.
 *
 * <p>Thread: confined to the event loop.
 */
final class TransmitWorker implements QueueWorker {

  /** What is copied at once. */
  private static final int PIECE_BYTES = 4096;

  /** Pieces and buffers a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  /** A console's host end that takes nothing for so long is stuck: what comes then is dropped. */
  static final long PATIENCE_NANOS = 1_000_000_000L;

  private final ConsolePort port;
  private final PortSession session;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private final byte[] piece = new byte[PIECE_BYTES];
  private @Nullable DescriptorChain chain;
  private int sent; // bytes of chain
  private boolean begun;
  private boolean blocked; // until the host end says that it can take more
  private boolean stuck; // blocked for too long
  private final Clock clock;
  private final Clock.Timer patience;

  /** {@code clock} measures how long the host end takes nothing; its timers are the loop's. */
  TransmitWorker(
      ConsolePort port, PortSession session, SplitVirtqueue queue, Runnable wake, Clock clock) {
    this.port = port;
    this.session = session;
    this.queue = queue;
    this.wake = wake;
    this.clock = clock;
    this.patience = clock.newTimer(this::outOfPatience);
  }

  private void outOfPatience() {
    stuck = blocked;
    wake.run();
  }

  @Override
  public int runOnce() {
    if (!begun) {
      begun = true;
      port.begin(session);
      port.transmitter(this);
    }
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH && (!blocked || stuck)) {
      DescriptorChain next = chain == null ? queue.poll() : chain;
      chain = next;
      if (next == null) {
        break;
      }
      if (stuck ? drop(next) : send(next)) {
        chain = null;
        sent = 0;
        queue.complete(next, 0);
      }
      done++;
    }
    queue.flush();
    if (blocked && !stuck) {
      return 0; // the host end wakes us; until then the driver need not notify
    }
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  /** Sends one piece; whether it was the last. */
  private boolean send(DescriptorChain buffer) {
    int count = Math.min(PIECE_BYTES, buffer.readable().sizeBytes() - sent);
    buffer.readable().read(sent, piece, count);
    blocked = true; // first: the host end may say at once that it is not
    int taken = port.chardev().write(piece, 0, count);
    if (taken == count) {
      blocked = false;
    }
    if (blocked && port.config().console()) {
      patience.arm(clock.nanos() + PATIENCE_NANOS);
    }
    sent += taken;
    return sent == buffer.readable().sizeBytes();
  }

  private boolean drop(DescriptorChain buffer) {
    port.lost(buffer.readable().sizeBytes() - sent);
    return true;
  }

  /** The host end can take more. */
  void writable() {
    if (blocked) {
      blocked = false;
      stuck = false;
      patience.disarm();
      wake.run();
    }
  }

  @Override
  public void drain(Runnable drained) {
    port.released(this);
    patience.close();
    chain = null;
    drained.run();
  }
}

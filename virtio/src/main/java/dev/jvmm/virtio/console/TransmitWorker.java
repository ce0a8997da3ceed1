package dev.jvmm.virtio.console;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A transmit queue: from the driver's buffers to the host end. A buffer that the host end does not
 * take whole stays the device's until it does, so nothing is lost and nothing piles up.
 *
 * <p>Thread: confined to the event loop.
 */
final class TransmitWorker implements QueueWorker {

  /** What is copied at once. */
  private static final int PIECE_BYTES = 4096;

  /** Pieces and buffers a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final ConsolePort port;
  private final PortSession session;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private final byte[] piece = new byte[PIECE_BYTES];
  private @Nullable DescriptorChain chain;
  private int sent; // bytes of chain
  private boolean begun;
  private boolean blocked; // until the host end says that it can take more

  TransmitWorker(ConsolePort port, PortSession session, SplitVirtqueue queue, Runnable wake) {
    this.port = port;
    this.session = session;
    this.queue = queue;
    this.wake = wake;
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
    while (done < BATCH && !blocked) {
      DescriptorChain next = chain == null ? queue.poll() : chain;
      chain = next;
      if (next == null) {
        break;
      }
      if (send(next)) {
        chain = null;
        sent = 0;
        queue.complete(next, 0);
      }
      done++;
    }
    queue.flush();
    if (blocked) {
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
    sent += taken;
    return sent == buffer.readable().sizeBytes();
  }

  /** The host end can take more. */
  void writable() {
    if (blocked) {
      blocked = false;
      wake.run();
    }
  }

  @Override
  public void drain(Runnable drained) {
    port.released(this);
    chain = null;
    drained.run();
  }
}

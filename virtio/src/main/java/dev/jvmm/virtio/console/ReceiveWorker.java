package dev.jvmm.virtio.console;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A receive queue: from the host end into the driver's buffers. It takes a buffer only to say how
 * much room there is, so that the host end is not read before the guest can take it.
 *
 * <p>Thread: confined to the event loop.
 */
final class ReceiveWorker implements QueueWorker {

  /** Looks behind a notification that was asked for; more would be for the guest to stretch. */
  private static final int LOOKS = 2;

  private final ConsolePort port;
  private final PortSession session;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private @Nullable DescriptorChain chain;
  private boolean begun;
  private boolean starved;

  ReceiveWorker(ConsolePort port, PortSession session, SplitVirtqueue queue, Runnable wake) {
    this.port = port;
    this.session = session;
    this.queue = queue;
    this.wake = wake;
  }

  /** The driver has brought buffers: the host end asks for room. */
  @Override
  public int runOnce() {
    if (!begun) {
      begun = true;
      port.begin(session);
      port.receiver(this);
    } else if (starved) {
      starved = false;
      port.chardev().receiveReady();
    }
    return 0;
  }

  /** How much {@link #receive} can take now; where that is 0, the host end is told later. */
  int room() {
    for (int look = 0; look < LOOKS; look++) {
      DescriptorChain next = chain == null ? nextBuffer() : chain;
      chain = next;
      if (next != null) {
        return next.writable().sizeBytes();
      }
      if (!queue.allowNotifications()) {
        starved = true;
        return 0;
      }
    }
    starved = true;
    wake.run();
    return 0;
  }

  /** The next buffer that has room; those that have none go back. */
  private @Nullable DescriptorChain nextBuffer() {
    DescriptorChain next = queue.poll();
    while (next != null && next.writable().sizeBytes() == 0) { // at most a queue's size of them
      queue.complete(next, 0);
      next = queue.poll();
    }
    if (next != null) {
      queue.suppressNotifications();
    }
    queue.flush();
    return next;
  }

  /** Gives the driver bytes, at most what {@link #room} has just said. */
  void receive(byte[] bytes, int offset, int length) {
    DescriptorChain buffer = chain;
    if (buffer == null) {
      return; // can't be: there was no room
    }
    chain = null;
    buffer.writable().write(0, bytes, offset, length);
    queue.complete(buffer, length);
    queue.flush();
  }

  @Override
  public void drain(Runnable drained) {
    port.released(this);
    chain = null;
    drained.run();
  }
}

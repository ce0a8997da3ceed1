package dev.jvmm.virtio.net;

import dev.jvmm.core.trace.Recordings;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A receive queue: from the network into the driver's buffers, with MRG_RXBUF as many as a frame
 * takes (virtio 1.2, 5.1.6.3 and 5.1.6.4).
 *
 * <p>While the driver has no buffers the network is not looked at, and that is counted; what comes
 * meanwhile waits, or is dropped, where it comes from.
 *
 * <p>Thread: confined to the event loop.
 */
final class ReceiveWorker implements QueueWorker {

  /** Frames a run; the attack that it stops: a flood that starves what shares the loop. */
  private static final int BATCH = 64;

  private static final int NUM_BUFFERS = 10;
  private static final int NUM_BUFFERS_BYTES = 2;

  private final NetRun run;
  private final NetQueue network;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private final int headerBytes;
  private final boolean merging;
  private final FrameRoom room = new FrameRoom();
  private final Runnable readable = this::readable;
  private final byte[] numBuffers = new byte[NUM_BUFFERS_BYTES];
  private @Nullable DescriptorChain aside; // for which there was no room
  private boolean watching;
  private int filled; // of a frame whose end is in the overflow: bytes that are with the guest
  private int total; // its bytes; 0: there is none

  ReceiveWorker(NetRun run, NetQueue network, SplitVirtqueue queue, Runnable wake) {
    this.run = run;
    this.network = network;
    this.queue = queue;
    this.wake = wake;
    this.headerBytes = run.headerBytes();
    this.merging = run.has(NetFeatures.MRG_RXBUF);
  }

  /** The driver has brought buffers. */
  @Override
  public int runOnce() {
    run.begin();
    if (!watching) {
      queue.suppressNotifications();
      watching = true;
      network.whenReadable(readable);
      readable();
    }
    return 0; // what is left is told again
  }

  private void readable() {
    NetworkEvent event =
        Recordings.on() ? new NetworkEvent(queue.origin(), false, run.counters()) : null;
    receiveBatch();
    queue.flush();
    if (event != null) {
      event.ended(run.counters());
    }
  }

  private void receiveBatch() {
    for (int i = 0; i < BATCH; i++) {
      gather();
      if (total != 0 && !finish()) {
        break;
      }
      if (room.chainCount() == 0) {
        starve();
        break;
      }
      int received = network.receive(room);
      if (received == NetQueue.NOTHING) {
        break;
      }
      if (received == NetQueue.LOST) {
        run.counters().receiveLost();
        break;
      }
      received(received);
    }
  }

  /** Takes buffers for the largest frame; without MRG_RXBUF a frame has one request's. */
  private void gather() {
    while (merging ? room.capacity() < FrameRoom.MAX_BYTES : room.chainCount() == 0) {
      DescriptorChain chain = aside == null ? queue.poll() : aside;
      aside = null;
      if (chain == null) {
        return;
      }
      if (chain.writable().sizeBytes() <= headerBytes || !FrameRoom.canFit(chain)) {
        queue.complete(chain, 0);
        run.counters().malformed();
      } else if (room.fits(chain)) {
        room.add(chain);
      } else {
        aside = chain;
        return;
      }
    }
  }

  private void received(int bytes) {
    if (!run.linkUp() || bytes < headerBytes + FrameHeader.MIN_FRAME_BYTES) {
      run.counters().receiveDropped();
      return;
    }
    ReceiveFilter filter = run.filter();
    if (!filter.isOpen()
        && !filter.wants(room.peek(headerBytes), room.peek(headerBytes + Long.BYTES))) {
      run.counters().filtered();
      return;
    }
    if (bytes <= room.capacity()) {
      deliver(bytes);
    } else if (merging) {
      filled = room.capacity();
      total = bytes;
    } else {
      run.counters().receiveDropped(); // longer than the driver can take
    }
  }

  /** Goes on with a frame whose end waits; {@code false} where buffers are still missing. */
  private boolean finish() {
    if (room.capacity() < total && aside != null) {
      total = 0; // buffers of crumbs: more of them there can't be, so it never fits
      run.counters().receiveDropped();
      return true;
    }
    if (room.capacity() < total) {
      starve();
      return false;
    }
    room.settle(filled, total);
    int bytes = total;
    total = 0;
    deliver(bytes);
    return true;
  }

  private void deliver(int bytes) {
    run.counters().received(bytes);
    int used = 0;
    for (int left = bytes; left > 0; used++) {
      left -= room.chain(used).writable().sizeBytes();
    }
    if (headerBytes > NUM_BUFFERS) {
      numBuffers[0] = (byte) used;
      numBuffers[1] = (byte) (used >>> 8);
      room.chain(0).writable().write(NUM_BUFFERS, numBuffers, NUM_BUFFERS_BYTES);
    }
    int left = bytes;
    for (int i = 0; i < used; i++) {
      DescriptorChain chain = room.removeFirst();
      int piece = Math.min(left, chain.writable().sizeBytes());
      left -= piece;
      queue.complete(chain, piece);
    }
  }

  /** There are no buffers: the driver's notification is what we wait for. */
  private void starve() {
    run.counters().starved();
    watching = false;
    network.whenReadable(null);
    queue.flush();
    if (queue.allowNotifications()) {
      wake.run(); // some have come just now
    }
  }

  @Override
  public void drain(Runnable drained) {
    network.whenReadable(null);
    drained.run();
  }
}

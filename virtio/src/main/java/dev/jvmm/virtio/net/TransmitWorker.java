package dev.jvmm.virtio.net;

import dev.jvmm.core.trace.Recordings;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import org.jspecify.annotations.Nullable;

/**
 * A transmit queue: from the driver's buffers to the network. A frame that the network has no room
 * for stays the device's until it has, and no further one is taken: the guest's own queue fills.
 *
 * <p>Thread: confined to the event loop.
 */
final class TransmitWorker implements QueueWorker {

  /** Frames a run; the attack that it stops: a flood that starves what shares the loop. */
  private static final int BATCH = 64;

  private final NetRun run;
  private final NetQueue network;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private final FrameOut frame;
  private final Runnable writable = this::writable;
  private @Nullable DescriptorChain waiting; // whose frame is in frame

  TransmitWorker(NetRun run, NetQueue network, SplitVirtqueue queue, Runnable wake) {
    this.run = run;
    this.network = network;
    this.queue = queue;
    this.wake = wake;
    this.frame = new FrameOut(new FrameHeader(run.headerBytes(), run.features()));
  }

  @Override
  public int runOnce() {
    run.begin();
    if (waiting != null) {
      return 0; // the network wakes us; until then the driver need not notify
    }
    queue.suppressNotifications();
    NetworkEvent event =
        Recordings.on() ? new NetworkEvent(queue.origin(), true, run.counters()) : null;
    int done = takeBatch();
    queue.flush();
    if (event != null) {
      event.ended(run.counters());
    }
    if (waiting != null) {
      return 0;
    }
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  private int takeBatch() {
    int done = 0;
    while (done < BATCH && waiting == null) {
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      done++;
      if (frame.take(chain)) {
        send(chain);
      } else {
        run.counters().malformed();
        queue.complete(chain, 0);
      }
    }
    return done;
  }

  private void send(DescriptorChain chain) {
    if (!run.linkUp()) {
      run.counters().sendDropped();
      queue.complete(chain, 0);
      return;
    }
    int sent = network.send(frame);
    if (sent == NetQueue.NOTHING) {
      waiting = chain;
      run.counters().blocked();
      network.whenWritable(writable);
      return;
    }
    if (sent == NetQueue.LOST) {
      run.counters().sendLost();
    } else {
      run.counters().sent(frame.sizeBytes());
    }
    queue.complete(chain, 0);
  }

  private void writable() {
    DescriptorChain chain = waiting;
    network.whenWritable(null);
    if (chain != null) {
      waiting = null;
      send(chain);
      wake.run();
    }
  }

  @Override
  public void drain(Runnable drained) {
    network.whenWritable(null);
    waiting = null;
    drained.run();
  }
}

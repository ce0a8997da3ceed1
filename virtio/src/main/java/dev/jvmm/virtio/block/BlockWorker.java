package dev.jvmm.virtio.block;

import dev.jvmm.core.trace.Recordings;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One queue's way to the disk and back. A run takes a batch, submits it, and begins it by one kick;
 * what completes later is told to the driver once a batch, too.
 *
 * <p>A request is in one of three places: under way, held for a machine that is to stop, or at
 * rest. From {@link #drain} on nothing touches the queue any more, and the last that was under way
 * ends the drain.
 *
 * <p>Thread: confined to the disk's loop, but for {@link #retry}.
 */
final class BlockWorker implements QueueWorker {

  /** Requests a run; the attack that it stops: a busy queue that starves what shares the loop. */
  private static final int BATCH = 64;

  private final Disk disk;
  private final SplitVirtqueue queue;
  private final RequestReader reader;
  private final Runnable wake;
  private final Consumer<BlockWorker> leaving;
  private final ArrayList<DriverRequest> underWay = new ArrayList<>();
  private final ArrayDeque<DriverRequest> held = new ArrayDeque<>();
  private volatile boolean retry;
  private boolean unkicked; // something is submitted that no kick has begun
  private boolean unflushed; // the disk knows that something is to be flushed
  private boolean draining;
  private @Nullable Runnable drained;

  /** {@code leaving} is told when it serves no more. */
  BlockWorker(
      Disk disk,
      SplitVirtqueue queue,
      long features,
      Runnable wake,
      Consumer<BlockWorker> leaving) {
    this.disk = disk;
    this.queue = queue;
    this.reader = new RequestReader(disk, features);
    this.wake = wake;
    this.leaving = leaving;
  }

  /** Asks for a run. From any thread. */
  void wake() {
    wake.run();
  }

  /** Has what is held tried again. From any thread. */
  void retry() {
    retry = true;
    wake.run();
  }

  @Override
  public int runOnce() {
    disk.followWriteCache();
    if (disk.isSettling()) {
      return 0; // it wakes us
    }
    if (retry) {
      retry = false;
      tryAgain();
    }
    queue.suppressNotifications();
    int taken = takeBatch();
    if (unkicked) {
      unkicked = false;
      disk.kick();
    }
    queue.flush();
    return taken == BATCH || queue.allowNotifications() ? BATCH : 0;
  }

  private int takeBatch() {
    int taken = 0;
    while (taken < BATCH) {
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      taken++;
      begin(chain);
    }
    return taken;
  }

  private void begin(DescriptorChain chain) {
    DriverRequest request = disk.take();
    request.begin(this, chain);
    int outcome = reader.read(request);
    switch (outcome) {
      case RequestReader.SUBMIT -> {
        if (Recordings.on()) {
          request.event = new BlockEvent(queue.origin(), request.io);
        }
        submit(request);
      }
      case RequestReader.MALFORMED -> {
        queue.complete(chain, 0);
        disk.putToRest(request);
      }
      default -> answer(request, outcome);
    }
  }

  private void submit(DriverRequest request) {
    request.place = underWay.size();
    underWay.add(request);
    unkicked = true;
    disk.submit(request.io);
  }

  private void tryAgain() {
    for (int left = held.size(); left > 0; left--) {
      submit(held.removeFirst());
    }
  }

  /** The disk has done what it was asked, or has not. */
  void completed(DriverRequest request, int errno) {
    leaveUnderWay(request);
    if (draining) {
      disk.putToRest(request);
      endDrain();
    } else if (errno == 0) {
      succeeded(request);
    } else {
      failed(request, errno);
    }
  }

  private void leaveUnderWay(DriverRequest request) {
    DriverRequest last = underWay.removeLast();
    if (last != request) {
      last.place = request.place;
      underWay.set(request.place, last);
    }
  }

  private void failed(DriverRequest request, int errno) {
    switch (disk.failed(request.io.operation(), errno)) {
      case REPORT -> answer(request, RequestType.S_IOERR);
      case IGNORE -> succeeded(request);
      case STOP -> held.addLast(request);
    }
  }

  private void succeeded(DriverRequest request) {
    if (request.nextRange()) {
      submit(request);
      wake.run(); // for the kick: we may be inside of one
      return;
    }
    if (request.io.operation().isRead()) {
      request.filled(request.chain().writable().sizeBytes() - 1);
    }
    answer(request, RequestType.S_OK);
  }

  /** The used length is what we have filled from the start on without a gap (2.7.8.2). */
  private void answer(DriverRequest request, int status) {
    DescriptorChain chain = request.chain();
    int size = chain.writable().sizeBytes();
    chain.writable().writeLast(status);
    queue.complete(chain, request.filled() == size - 1 ? size : request.filled());
    BlockEvent event = request.event;
    if (event != null) {
      event.answered(status);
    }
    disk.putToRest(request);
    if (!unflushed) {
      unflushed = true;
      disk.flushLater(this);
    }
  }

  /** Tells the driver of what has completed. */
  void flush() {
    unflushed = false;
    if (!draining) {
      queue.flush();
    }
  }

  @Override
  public void drain(Runnable whenDrained) {
    draining = true;
    drained = whenDrained;
    leaving.accept(this);
    while (!held.isEmpty()) {
      disk.putToRest(held.removeFirst());
    }
    for (int i = underWay.size() - 1; i >= 0; i--) { // from the end: those cancelled leave it
      disk.backend.cancel(underWay.get(i).io);
    }
    if (unkicked) { // no run comes that would
      disk.kick();
    }
    endDrain();
  }

  private void endDrain() {
    Runnable then = drained;
    if (underWay.isEmpty() && then != null) {
      drained = null;
      then.run();
    }
  }
}

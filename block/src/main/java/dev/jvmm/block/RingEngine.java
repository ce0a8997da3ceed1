package dev.jvmm.block;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.IoUring;
import org.jspecify.annotations.Nullable;

/**
 * {@code aio=io_uring}: reads, writes and flushes by a ring of the disk's own; one system call
 * hands over a batch, and the kernel answers into shared memory.
 *
 * <p>Thread: confined to the disk's event loop.
 *
 * <p>The loop watches the ring's own descriptor, which is readable while there are completions. A
 * registered eventfd would say the same and cost a read each time.
 */
final class RingEngine implements IoEngine {

  /** How many requests one system call carries; twice as many may be under way. */
  static final int ENTRIES = 128;

  private final IoUring ring;
  private final Fd file;
  private final Completions.Receiver receiver;
  private final Runnable batchEnd;
  private final EventLoop.Registration registration;
  private final EventLoop.Task again;
  private final @Nullable BlockRequest[] slots;
  private final int[] freeSlots;
  private int free;
  private final RequestList backlog = new RequestList(); // for want of a slot

  /** Takes the ring over; {@code batchEnd} runs after each batch of outcomes. */
  RingEngine(
      IoUring ring, Fd file, EventLoop loop, Completions.Receiver receiver, Runnable batchEnd) {
    this.ring = ring;
    this.file = file;
    this.receiver = receiver;
    this.batchEnd = batchEnd;
    this.slots = new @Nullable BlockRequest[ring.capacity()];
    this.freeSlots = new int[ring.capacity()];
    while (free < freeSlots.length) {
      freeSlots[free] = free;
      free++;
    }
    this.again = loop.newTask(this::kick);
    this.registration = loop.register(ring.fd(), EventLoop.READ, events -> ready());
  }

  @Override
  public void start(BlockRequest request) {
    if (free == 0) {
      backlog.add(request);
      return;
    }
    int slot = freeSlots[--free];
    slots[slot] = request;
    prepare(request, slot);
  }

  private void prepare(BlockRequest request, int slot) {
    if (!ring.hasRoom()) {
      ring.enter(0);
    }
    if (!ring.hasRoom()) { // the kernel is short of memory: later
      slots[slot] = null;
      freeSlots[free++] = slot;
      backlog.add(request);
      return;
    }
    if (request.operation() == BlockOperation.FLUSH) {
      ring.prepareDatasync(file, slot);
      return;
    }
    boolean writing = request.operation() == BlockOperation.WRITE;
    boolean one = request.iovecCount() == 1 && request.remainingBytes() <= Integer.MAX_VALUE;
    if (one) {
      ring.prepareTransfer(
          writing ? IoUring.OP_WRITE : IoUring.OP_READ,
          file,
          request.position(),
          request.onlyAddress(),
          (int) request.remainingBytes(),
          writing && request.durable,
          slot);
    } else {
      ring.prepareTransfer(
          writing ? IoUring.OP_WRITEV : IoUring.OP_READV,
          file,
          request.position(),
          request.iovecsAddress(),
          request.iovecCount(),
          writing && request.durable,
          slot);
    }
  }

  /** Also delivers what completes at once, as a read of the page cache does. */
  @Override
  public void kick() {
    enter();
    reap();
    enter();
  }

  private void enter() {
    startBacklog();
    if (ring.unsubmitted() > 0) {
      ring.enter(0);
    }
    if (ring.unsubmitted() > 0) {
      again.schedule(); // it took less than all
    }
  }

  private void startBacklog() {
    while (free > 0 && ring.hasRoom()) {
      BlockRequest request = backlog.poll();
      if (request == null) {
        return;
      }
      start(request);
    }
  }

  private void ready() {
    reap();
    enter();
    batchEnd.run();
  }

  /**
   * Delivers what is complete now; what completes meanwhile has the loop's next turn. A receiver
   * may drain, which takes the rest from under this.
   */
  private void reap() {
    for (int left = ring.completions(); left > 0 && ring.completions() > 0; left--) {
      int slot = (int) ring.token();
      int result = ring.result();
      ring.advance();
      BlockRequest request = slots[slot];
      if (request == null) {
        throw new IllegalStateException("a completion without a request");
      }
      if (isUnfinished(request, result)) {
        prepare(request, slot);
        continue;
      }
      slots[slot] = null;
      freeSlots[free++] = slot;
      receiver.finished(request, outcome(request, result));
    }
  }

  /** Notes what was moved; whether there is more to do. */
  private static boolean isUnfinished(BlockRequest request, int result) {
    if (result == -Errno.EAGAIN || result == -Errno.EINTR) {
      return true;
    }
    if (result > 0) {
      request.advance(result);
      return request.remainingBytes() > 0;
    }
    return false;
  }

  private static int outcome(BlockRequest request, int result) {
    if (result > 0 || (result == 0 && request.remainingBytes() == 0)) {
      return 0;
    }
    return FileWork.failure(result, request.doneBytes());
  }

  @Override
  public void await() {
    enter();
    if (free < slots.length) {
      ring.enter(1);
    }
    reap();
  }

  @Override
  public void close() {
    registration.close();
    ring.close();
  }
}

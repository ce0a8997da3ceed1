package dev.jvmm.block;

import dev.jvmm.core.event.EventLoop;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The way of finished requests back to their event loop.
 *
 * <p>Thread: {@link #finish} is safe from any; the rest is the loop's.
 *
 * <p>A drain must not sleep through the last completion: it writes its name into {@code sleeper},
 * then looks at the list, then parks; who finishes puts the request on the list, then looks at
 * {@code sleeper}. One of the two sees the other.
 */
final class Completions {

  /** What takes a finished request, on the loop. */
  @FunctionalInterface
  interface Receiver {
    void finished(BlockRequest request, int errno);
  }

  private final Receiver receiver;
  private final EventLoop.Task delivery;
  private final AtomicReference<@Nullable BlockRequest> newest = new AtomicReference<>();
  private final RequestList ready = new RequestList();
  private volatile @Nullable Thread sleeper;

  /** Delivers on {@code loop}; {@code batchEnd} runs there after each batch. */
  Completions(EventLoop loop, Receiver receiver, Runnable batchEnd) {
    this.receiver = receiver;
    this.delivery =
        loop.newTask(
            () -> {
              deliver();
              batchEnd.run();
            });
  }

  /** The request has ended; its receiver hears of it on the loop, never from inside this. */
  void finish(BlockRequest request, int errno) {
    request.errno = errno;
    BlockRequest before;
    do {
      before = newest.get();
      request.next = before;
    } while (!newest.compareAndSet(before, request));
    if (before == null) {
      delivery.schedule();
    }
    Thread waiting = sleeper;
    if (waiting != null) {
      LockSupport.unpark(waiting);
    }
  }

  /** Delivers what has finished, oldest first. Safe inside a delivery: it goes on with the rest. */
  void deliver() {
    takeOldestFirst();
    BlockRequest request = ready.poll();
    while (request != null) {
      receiver.finished(request, request.errno);
      request = ready.poll();
    }
  }

  /** Delivers, after waiting until there is something. Only while somebody will finish. */
  void await() {
    boolean interrupted = false;
    sleeper = Thread.currentThread();
    while (newest.get() == null && ready.isEmpty()) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    sleeper = null;
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    deliver();
  }

  private void takeOldestFirst() {
    BlockRequest request = newest.getAndSet(null);
    BlockRequest reversed = null;
    while (request != null) {
      BlockRequest after = request.next;
      request.next = reversed;
      reversed = request;
      request = after;
    }
    while (reversed != null) {
      BlockRequest after = reversed.next;
      ready.add(reversed);
      reversed = after;
    }
  }
}

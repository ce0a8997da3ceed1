package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Epoll;
import dev.jvmm.linux.Fd;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor's place in an event loop, taken only while something is wanted of it: a hang-up is
 * reported whatever one asks for, and would keep the loop spinning.
 *
 * <p>A regular file, and /dev/null, can't be watched and needs not be: it is always ready.
 *
 * <p>Thread: safe by its monitor; {@code ready} is called on the loop's thread without it.
 */
final class FdWatch implements AutoCloseable {

  private final EventLoop loop;
  private final Fd fd;
  private final Runnable ready;
  private final EventLoop.Task turn;
  private final boolean pollable;
  private EventLoop.@Nullable Registration registration;
  private int interest;
  private boolean turning;
  private boolean closed;

  /** A watch for nothing yet; {@code ready} is told whatever has happened. */
  FdWatch(EventLoop loop, Fd fd, Runnable ready) {
    this.loop = loop;
    this.fd = fd;
    this.ready = ready;
    this.turn = loop.newTask(this::turn);
    this.pollable = pollable(fd);
  }

  /** Whether a descriptor can be watched. */
  static boolean pollable(Fd fd) {
    try (Epoll epoll = Epoll.create(1)) {
      return epoll.tryAdd(fd, 0, 0);
    }
  }

  /** Whether this one can be watched; else it is always ready. */
  boolean pollable() {
    return pollable;
  }

  /** Begins or ends to want {@code bit}, one of {@link EventLoop#READ} and its like. */
  synchronized void want(int bit, boolean on) {
    int wanted = on ? interest | bit : interest & ~bit;
    if (wanted == interest || closed) {
      return;
    }
    interest = wanted;
    if (!pollable) {
      takeTurn();
    } else if (registration == null) {
      registration = loop.register(fd, wanted, events -> ready.run());
    } else if (wanted == 0) {
      registration.close();
      registration = null;
    } else {
      registration.interest(wanted);
    }
  }

  private void takeTurn() {
    if (interest != 0 && !turning) {
      turning = true;
      turn.schedule();
    }
  }

  /** One turn of a descriptor that is always ready, then the loop's others have theirs. */
  private void turn() {
    synchronized (this) {
      turning = false;
      if (interest == 0) {
        return;
      }
    }
    ready.run();
    synchronized (this) {
      takeTurn();
    }
  }

  /** Ends the watch; the descriptor stays its owner's. */
  @Override
  public synchronized void close() {
    closed = true;
    interest = 0;
    if (registration != null) {
      registration.close();
      registration = null;
    }
  }
}

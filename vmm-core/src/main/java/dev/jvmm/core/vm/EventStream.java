package dev.jvmm.core.vm;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The events of a machine since {@link VirtualMachine#events}, to be taken one after the other by a
 * thread of the embedder's. Who takes slowly holds nobody up: behind {@link #MAX_WAITING} events
 * the oldest goes and is counted.
 *
 * <p>Thread: safe by its monitor, a leaf.
 */
public final class EventStream implements AutoCloseable {

  /** How many wait at most; the attack it stops: a guest that resets without end. */
  public static final int MAX_WAITING = 1024;

  private final Deque<VmEvent> waiting = new ArrayDeque<>();
  private final Consumer<EventStream> closed;
  private long lost;
  private boolean ended;

  /** {@code closed} is told of {@link #close}. */
  EventStream(Consumer<EventStream> closed) {
    this.closed = closed;
  }

  synchronized void add(VmEvent event) {
    if (ended) {
      return;
    }
    if (waiting.size() == MAX_WAITING) {
      waiting.removeFirst();
      lost++;
    }
    waiting.addLast(event);
    notifyAll();
  }

  /** No more come: the machine is closed. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Waits for the next event; null when the machine is closed and all have been taken. */
  public synchronized @Nullable VmEvent next() throws InterruptedException {
    while (waiting.isEmpty() && !ended) {
      wait();
    }
    return waiting.pollFirst();
  }

  /** As {@link #next()}, but no longer than {@code timeout}; null when that has passed, too. */
  public synchronized @Nullable VmEvent next(Duration timeout) throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (waiting.isEmpty() && !ended) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        return null;
      }
      wait(left / 1_000_000 + 1);
    }
    return waiting.pollFirst();
  }

  /**
   * Waits for the next event of a kind, and lets those before it go.
   *
   * @return null as {@link #next(Duration)}
   */
  public <E extends VmEvent> @Nullable E next(Class<E> kind, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      VmEvent event = next(Duration.ofNanos(Math.max(0, deadline - System.nanoTime())));
      if (event == null) {
        return null;
      }
      if (kind.isInstance(event)) {
        return kind.cast(event);
      }
    }
  }

  /** How many went without being taken. */
  public synchronized long lost() {
    return lost;
  }

  /** Ends the subscription; a thread that waits gets null. */
  @Override
  public void close() {
    synchronized (this) {
      ended = true;
      waiting.clear();
      notifyAll();
    }
    closed.accept(this);
  }
}

package dev.jvmm.block;

import dev.jvmm.linux.Threads;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Threads for I/O that blocks, shared by a machine's disks; each is started when a request finds
 * none idle, and stays.
 *
 * <p>Thread: safe by its monitor; a worker holds none while it works.
 */
public final class BlockWorkers implements AutoCloseable {

  /** How many there are at most: so many requests can wait for the host's disks at a time. */
  public static final int MAX_THREADS = 32;

  private final RequestList waiting = new RequestList();
  private final Thread[] threads = new Thread[MAX_THREADS];
  private int waitingCount;
  private int started;
  private int idle;
  private int starting; // on their way to the list
  private boolean closed;

  /** A pool without threads yet. */
  public BlockWorkers() {}

  /** Hands over requests whose {@link BlockRequest#work} is set; {@code count} of them. */
  synchronized void execute(RequestList requests, int count) {
    if (closed) {
      throw new IllegalStateException("the workers have gone");
    }
    waiting.addAll(requests);
    waitingCount += count;
    for (int i = Math.min(idle, count); i > 0; i--) {
      notify();
    }
    while (started < MAX_THREADS && idle + starting < waitingCount) {
      start();
    }
  }

  private void start() {
    Thread thread =
        Thread.ofPlatform().name("block-" + started).daemon().unstarted(this::runWorker);
    threads[started++] = thread;
    starting++;
    thread.start();
  }

  private void runWorker() {
    try (BounceBuffer bounce = new BounceBuffer()) {
      synchronized (this) {
        starting--;
      }
      BlockRequest request = take();
      while (request != null) {
        Objects.requireNonNull(request.work).run(request, bounce);
        request = take();
      }
    }
  }

  private synchronized @Nullable BlockRequest take() {
    boolean interrupted = false;
    while (waiting.isEmpty() && !closed) {
      idle++;
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true; // nobody's wish that we know of
      }
      idle--;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    BlockRequest request = waiting.poll();
    if (request != null) {
      waitingCount--;
    }
    return request;
  }

  /** Ends the threads when they have done what waits, and joins them. After the disks. */
  @Override
  public void close() {
    int count;
    synchronized (this) {
      closed = true;
      count = started;
      notifyAll();
    }
    for (int i = 0; i < count; i++) {
      Threads.join(threads[i]);
    }
  }
}

package dev.jvmm.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.linux.EventFd;
import java.lang.management.ManagementFactory;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * A notification's way through the loop. Once C2 has compiled it: the interpreter and C1 make an
 * object of each call's errno.
 */
class EventLoopAllocationTest {

  private static final int ROUNDS = 5_000;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private volatile int runs;

  @Test
  void task_allocatesNothingOnceWarm() {
    try (EventLoop loop = new EventLoop("test-io")) {
      EventLoop.Task task = loop.newTask(this::run);
      assertThat(leastAllocated(loop, task::schedule)).isZero();
    }
  }

  /** An eventfd as the kernel rings it, watched as a doorbell is. */
  @Test
  void doorbell_allocatesNothingOnceWarm() {
    try (EventLoop loop = new EventLoop("test-io");
        EventFd rings = EventFd.create();
        EventLoop.Registration listening =
            loop.register(rings.fd(), EventLoop.READ | EventLoop.EDGE, events -> run())) {
      assertThat(leastAllocated(loop, rings::signal)).isZero();
      assertThat(listening).isNotNull();
    }
  }

  /** The bytes of both threads in the first of many rounds that needed none, or in the last. */
  private long leastAllocated(EventLoop loop, Runnable ring) {
    CompletableFuture<Long> id = new CompletableFuture<>();
    loop.invoke(() -> id.complete(Thread.currentThread().threadId()));
    long thread = id.join();
    long end = System.nanoTime() + PATIENCE_NANOS;
    long allocated = Long.MAX_VALUE;
    while (allocated != 0 && System.nanoTime() < end) {
      long before = bytes(thread);
      for (int i = 0; i < ROUNDS; i++) {
        ringAndAwait(ring);
      }
      allocated = bytes(thread) - before;
    }
    return allocated;
  }

  private long bytes(long loopThread) {
    return threads.getCurrentThreadAllocatedBytes() + threads.getThreadAllocatedBytes(loopThread);
  }

  @SuppressWarnings("ThreadPriorityCheck") // for speed alone
  private void ringAndAwait(Runnable ring) {
    int before = runs;
    ring.run();
    while (runs == before) {
      Thread.yield();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // by the loop's thread alone
  private void run() {
    runs++;
  }
}

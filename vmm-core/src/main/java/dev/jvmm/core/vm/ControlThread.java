package dev.jvmm.core.vm;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The thread that a machine's control tasks run on, one at a time, in their order. It is there only
 * while there is something to do, and a second longer.
 *
 * <p>Thread: safe.
 */
final class ControlThread {

  private final ThreadPoolExecutor tasks;
  private volatile @Nullable Thread newest;

  /** None runs yet; {@code name} is what it will be called. */
  ControlThread(String name) {
    tasks =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> start(name, task));
    tasks.allowCoreThreadTimeOut(true);
  }

  private Thread start(String name, Runnable task) {
    Thread thread = Thread.ofPlatform().name(name).daemon().unstarted(task);
    newest = thread;
    return thread;
  }

  /**
   * Has a task run, soon.
   *
   * @throws java.util.concurrent.RejectedExecutionException after {@link #shutdown}
   */
  void execute(Runnable task) {
    tasks.execute(task);
  }

  /** Takes no further tasks; those that wait still run. */
  void shutdown() {
    tasks.shutdown();
  }

  /**
   * Returns when the thread has ended, after {@link #shutdown}; at once on that thread. A pool
   * counts a thread as gone when it is about to be, so its end is waited for, too.
   */
  void join() {
    if (Thread.currentThread().equals(newest)) {
      return;
    }
    boolean interrupted = false;
    while (true) {
      try {
        if (tasks.awaitTermination(1, TimeUnit.MINUTES)) {
          Thread last = newest;
          if (last != null) {
            last.join();
          }
          break;
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}

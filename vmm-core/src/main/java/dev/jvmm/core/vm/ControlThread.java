package dev.jvmm.core.vm;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
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

  private final String name;
  private final ThreadPoolExecutor tasks;
  private volatile @Nullable Thread newest;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(ControlThread.class.getName());
  }

  /** None runs yet; {@code name} is the machine's. */
  ControlThread(String name) {
    this.name = name;
    tasks =
        new ThreadPoolExecutor(
            1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), this::newThread);
    tasks.allowCoreThreadTimeOut(true);
  }

  private Thread newThread(Runnable task) {
    Thread thread = Thread.ofPlatform().name(name + "-control").daemon().unstarted(task);
    newest = thread;
    return thread;
  }

  /** Has a task run, soon; after {@link #shutdown} it is dropped. What it throws is logged. */
  void execute(Runnable task) {
    try {
      tasks.execute(() -> run(task));
    } catch (RejectedExecutionException e) {
      Log.LOG.log(Level.DEBUG, "{0} is closing; a request is dropped", name);
    }
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      Log.LOG.log(Level.ERROR, name + ": a control task failed", e);
    }
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

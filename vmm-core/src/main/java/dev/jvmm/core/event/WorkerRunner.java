package dev.jvmm.core.event;

/**
 * Gives workers the time of a thread.
 *
 * <p>Thread: safe; all workers of one runner run on one thread, one at a time.
 */
public interface WorkerRunner {

  /** Takes a worker on; it sleeps until it is woken. */
  Running start(Worker worker);

  /** A worker that was taken on. Thread: safe. */
  interface Running {

    /** Has the worker run, soon; what was written before is seen by that run. Never waits. */
    void wake();

    /**
     * Has no run begin any more; {@code stopped} is called once, on the runner's thread, after the
     * last run has ended. Never waits. Called once a worker.
     */
    void stop(Runnable stopped);
  }
}

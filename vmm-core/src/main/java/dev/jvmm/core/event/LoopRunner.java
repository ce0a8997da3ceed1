package dev.jvmm.core.event;

/**
 * Runs workers on an event loop: one piece of work, then everything else that waits there.
 *
 * <p>Thread: safe.
 *
 * @param loop whose thread runs the workers
 */
public record LoopRunner(EventLoop loop) implements WorkerRunner {

  @Override
  public Running start(Worker worker) {
    return new OnLoop(loop, worker);
  }

  private static final class OnLoop implements Running {

    private final EventLoop loop;
    private final Worker worker;
    private final EventLoop.Task task;
    private boolean stopped; // the loop thread's

    OnLoop(EventLoop loop, Worker worker) {
      this.loop = loop;
      this.worker = worker;
      this.task = loop.newTask(this::run);
    }

    @Override
    public void wake() {
      task.schedule();
    }

    @Override
    public void stop(Runnable whenStopped) {
      loop.execute(
          () -> {
            stopped = true;
            whenStopped.run();
          });
    }

    private void run() {
      if (!stopped && worker.runOnce() != 0) {
        task.schedule();
      }
    }
  }
}

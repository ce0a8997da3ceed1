package dev.jvmm.virtio.device;

import dev.jvmm.core.event.Worker;
import dev.jvmm.core.event.WorkerRunner;
import java.util.ArrayList;
import java.util.List;

/** A runner that is the thread of the test: woken workers run when the test says so. */
public final class InlineRunner implements WorkerRunner {

  /** Far more runs than any test needs: a worker that never ends is a failure, not a hang. */
  private static final int MAX_RUNS = 100_000;

  private final List<Inline> workers = new ArrayList<>();

  public InlineRunner() {}

  @Override
  public Running start(Worker worker) {
    Inline inline = new Inline(worker);
    workers.add(inline);
    return inline;
  }

  /** Runs each woken worker once, and allocates nothing. */
  public void runEachOnce() {
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).runIfWoken();
    }
  }

  /** Runs woken workers until none is left; says how many runs that took. */
  public int runUntilIdle() {
    int runs = 0;
    boolean ran = true;
    while (ran) {
      ran = false;
      for (Inline inline : List.copyOf(workers)) {
        ran |= inline.runIfWoken();
      }
      if (++runs > MAX_RUNS) {
        throw new AssertionError("a worker never ends");
      }
    }
    return runs - 1;
  }

  /** Runs each woken worker once. */
  public void run() {
    for (int i = 0; i < workers.size(); i++) {
      workers.get(i).runIfWoken();
    }
  }

  private final class Inline implements Running {

    private final Worker worker;
    private boolean woken;

    Inline(Worker worker) {
      this.worker = worker;
    }

    boolean runIfWoken() {
      boolean run = woken;
      woken = false;
      if (run && worker.runOnce() != 0) {
        woken = true; // as it may be already: a run may wake its own worker
      }
      return run;
    }

    @Override
    public void wake() {
      woken = true;
    }

    @Override
    public void stop(Runnable stopped) {
      workers.remove(this);
      stopped.run();
    }
  }
}

package dev.jvmm.virtio.device;

import dev.jvmm.core.event.Worker;
import dev.jvmm.core.trace.Recordings;

/**
 * Tells flight recordings of the runs of a queue's worker.
 *
 * <p>Thread: as the worker.
 *
 * @param worker does the work
 * @param queue what it works on
 */
record RecordedWorker(Worker worker, QueueStarter.Numbered queue) implements Worker {

  @Override
  public int runOnce() {
    return Recordings.on() ? record() : worker.runOnce();
  }

  private int record() {
    QueueRunEvent event = new QueueRunEvent(queue.origin(), queue.index());
    event.begin();
    int done = worker.runOnce();
    event.commit(done);
    return done;
  }
}

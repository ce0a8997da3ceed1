package dev.jvmm.virtio.device;

import dev.jvmm.core.event.WorkerRunner.Running;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a device is between two resets. What exists only while the driver runs it is a component of
 * {@link Active}.
 *
 * <p>Thread: immutable.
 */
sealed interface Life {

  /** What has to be stopped when a reset comes. */
  List<@Nullable Served> queues();

  /** Reset or being set up: no queue runs. */
  record Inactive() implements Life {

    @Override
    public List<@Nullable Served> queues() {
      return List.of();
    }
  }

  /**
   * The driver is ready.
   *
   * @param run what the model made of it
   * @param queues by number; {@code null} where the driver has enabled none
   */
  record Active(DeviceModel.Run run, List<@Nullable Served> queues) implements Life {

    /** Who works on a queue; {@code null} where nobody does, for any number. */
    @Nullable Served served(int index) {
      return index >= 0 && index < queues.size() ? queues.get(index) : null;
    }

    /** The same with another on a queue that is there. */
    Active with(int index, @Nullable Served served) {
      List<@Nullable Served> now = new ArrayList<>(queues);
      now.set(index, served);
      return new Active(run, Collections.unmodifiableList(now));
    }
  }

  /**
   * Nothing works until a reset.
   *
   * @param queues what still has to be stopped
   */
  record Broken(List<@Nullable Served> queues) implements Life {}

  /** A reset was asked for, and I/O is still in flight. */
  record Draining() implements Life {

    @Override
    public List<@Nullable Served> queues() {
      return List.of(); // they were told already
    }
  }

  /** A queue and who works on it. */
  record Served(Running running, QueueWorker worker) {

    /** Has the worker stop; {@code drained} is called on the runner's thread. */
    void stop(Runnable drained) {
      running.stop(() -> worker.drain(drained));
    }
  }
}

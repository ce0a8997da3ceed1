package dev.jvmm.core.vm;

import dev.jvmm.core.trace.Recordings;
import org.jspecify.annotations.Nullable;

/**
 * What one machine tells flight recordings of its life. The classes of the events are not touched
 * before there is a recording: each takes the JVM a millisecond. Nor are they called by their
 * superclass's name: the JVM would load them to see that they may be.
 *
 * <p>Thread: immutable.
 *
 * @param machine its name
 */
record MachineRecord(String machine) {

  /** It is in another state from now on. */
  void state(RunState from, RunState to) {
    if (Recordings.on()) {
      new StateEvent(machine, from.name(), to.name()).commit();
    }
  }

  /** Its control begins something that takes time; {@code null} where nothing records. */
  @Nullable OperationEvent begin(String operation) {
    if (!Recordings.on()) {
      return null;
    }
    OperationEvent event = new OperationEvent(machine, operation);
    event.begin();
    return event;
  }

  /** What {@link #begin} answered has ended. */
  void end(@Nullable OperationEvent operation) {
    if (operation != null) {
      operation.commit();
    }
  }
}

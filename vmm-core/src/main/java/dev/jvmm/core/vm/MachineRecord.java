package dev.jvmm.core.vm;

import dev.jvmm.core.trace.Recordings;
import jdk.jfr.Event;
import org.jspecify.annotations.Nullable;

/**
 * What one machine tells flight recordings of its life. The classes of the events are not touched
 * before there is a recording: each takes the JVM a millisecond.
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
  @Nullable Event begin(String operation) {
    if (!Recordings.on()) {
      return null;
    }
    Event event = new OperationEvent(machine, operation);
    event.begin();
    return event;
  }

  /** What {@link #begin} answered has ended. */
  void end(@Nullable Event operation) {
    if (operation != null) {
      operation.commit();
    }
  }
}

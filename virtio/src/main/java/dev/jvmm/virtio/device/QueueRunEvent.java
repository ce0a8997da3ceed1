package dev.jvmm.virtio.device;

import dev.jvmm.core.trace.Origin;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A recording's line on one run of a queue's worker, with its time. */
@Name("dev.jvmm.QueueRun")
@Label("Queue Run")
@Description("A device has worked on one of its queues")
@Category({"jvmm", "Virtio"})
@StackTrace(false)
final class QueueRunEvent extends Event {

  @Label("Machine")
  final String machine;

  @Label("Device")
  final String device;

  @Label("Queue")
  final int queue;

  @Label("More")
  @Description("Whether it asked for a further run at once")
  boolean more;

  QueueRunEvent(Origin origin, int queue) {
    this.machine = origin.machine();
    this.device = origin.device();
    this.queue = queue;
  }

  void commit(int done) {
    more = done != 0;
    commit();
  }
}

package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockRequest;
import dev.jvmm.core.trace.Origin;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A recording's line on a request to a disk, from its submission to the answer. */
@Name("dev.jvmm.BlockRequest")
@Label("Block Request")
@Description("A guest's request to a disk, from the look into the queue to the answer")
@Category({"jvmm", "Virtio"})
@StackTrace(false)
final class BlockEvent extends Event {

  @Label("Machine")
  final String machine;

  @Label("Device")
  final String device;

  @Label("Operation")
  final String operation;

  @Label("Offset")
  @DataAmount
  final long offset;

  @Label("Length")
  @DataAmount
  final long length;

  @Label("Status")
  @Description("As the guest is told: 0 is success (virtio 1.2, 5.2.6)")
  int status;

  /** A request that begins now. */
  BlockEvent(Origin origin, BlockRequest request) {
    this.machine = origin.machine();
    this.device = origin.device();
    this.operation = request.operation().name();
    this.offset = request.offset();
    this.length = request.lengthBytes();
    begin();
  }

  void answered(int newStatus) {
    status = newStatus;
    commit();
  }
}

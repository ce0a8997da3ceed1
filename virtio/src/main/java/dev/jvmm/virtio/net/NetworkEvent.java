package dev.jvmm.virtio.net;

import dev.jvmm.core.trace.Origin;
import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A recording's line on frames that went by in one go, with the time that this took. */
@Name("dev.jvmm.NetworkTransfer")
@Label("Network Transfer")
@Description("A batch of frames between a guest and its network")
@Category({"jvmm", "Virtio"})
@StackTrace(false)
final class NetworkEvent extends Event {

  @Label("Machine")
  final String machine;

  @Label("Device")
  final String device;

  @Label("Sent")
  @Description("By the guest; else received")
  final boolean sent;

  @Label("Frames")
  long frames;

  @Label("Bytes")
  @Description("Virtio's headers among them")
  @DataAmount
  long bytes;

  /** A batch that begins now. */
  NetworkEvent(Origin origin, boolean sent, NetCounters before) {
    this.machine = origin.machine();
    this.device = origin.device();
    this.sent = sent;
    this.frames = -before.frames(sent);
    this.bytes = -before.bytes(sent);
    begin();
  }

  /** It has ended; told if anything went by. */
  void ended(NetCounters after) {
    frames += after.frames(sent);
    bytes += after.bytes(sent);
    if (frames != 0) {
      commit();
    }
  }
}

package dev.jvmm.vcpu;

import dev.jvmm.core.bus.Bus;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Unsigned;

/**
 * A recording's line on one exit of a vCPU to us: why, what it reached, and how long the guest
 * waited for the answer. From the end of one to the begin of the next of its thread the guest ran,
 * or was the kernel's.
 */
@Name("dev.jvmm.Exit")
@Label("vCPU Exit")
@Description("A guest's processor left to user space, and was answered")
@Category({"jvmm", "vCPU"})
@StackTrace(false)
final class ExitEvent extends Event {

  @Label("Machine")
  final String machine;

  @Label("Reason")
  @Description("Port, memory: an access; else as the KVM API calls it")
  final String reason;

  @Label("Device")
  @Description("Who answers there; nothing where nobody does, or it is no access")
  final String device;

  @Label("Address")
  @Description("A port, or a guest-physical address")
  @Unsigned
  long address;

  @Label("Size")
  @Description("Bytes of the access; 0 where it is none")
  int size;

  @Label("Write")
  boolean write;

  private ExitEvent(String machine, String reason, String device) {
    this.machine = machine;
    this.reason = reason;
    this.device = device;
  }

  /** An access. */
  static ExitEvent access(String machine, Bus bus, long address, int size, boolean write) {
    ExitEvent event = new ExitEvent(machine, bus.name(), bus.nameAt(address, size));
    event.address = address;
    event.size = size;
    event.write = write;
    return event;
  }

  /** Anything else. */
  static ExitEvent other(String machine, String reason) {
    return new ExitEvent(machine, reason, "");
  }
}

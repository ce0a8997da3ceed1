package dev.jvmm.core.vm;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A recording's line on a machine that is in another state now. */
@Name("dev.jvmm.StateChange")
@Label("State Change")
@Description("A virtual machine is in another state from here on")
@Category("jvmm")
@StackTrace(false)
final class StateEvent extends Event {

  @Label("Machine")
  final String machine;

  @Label("Old State")
  final String from;

  @Label("New State")
  final String to;

  StateEvent(String machine, String from, String to) {
    this.machine = machine;
    this.from = from;
    this.to = to;
  }
}

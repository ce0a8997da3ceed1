package dev.jvmm.core.vm;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/** A recording's line on work that a machine's control has done, with its time. */
@Name("dev.jvmm.Operation")
@Label("Operation")
@Description("What the control of a virtual machine did: build, start, reset")
@Category("jvmm")
@StackTrace(false)
final class OperationEvent extends Event {

  @Label("Machine")
  final String machine;

  @Label("Operation")
  final String operation;

  OperationEvent(String machine, String operation) {
    this.machine = machine;
    this.operation = operation;
  }
}

/** The model of a machine: memory, buses, interrupts, events, clocks, character devices. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.core {
  requires dev.jvmm.kvm;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.jvmm.core.bus;
  exports dev.jvmm.core.chardev;
  exports dev.jvmm.core.clock;
  exports dev.jvmm.core.event;
  exports dev.jvmm.core.irq;
  exports dev.jvmm.core.memory;
  exports dev.jvmm.core.state;
  exports dev.jvmm.core.text;
  exports dev.jvmm.core.trace;
  exports dev.jvmm.core.vm;
  exports dev.jvmm.core.host to
      dev.jvmm.vcpu,
      dev.jvmm.vhost,
      dev.jvmm.machine;
}

/** The machines pc and microvm: devices, tables, boot; the composition root. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.machine {
  requires dev.jvmm.kvm;
  requires transitive dev.jvmm.core;
  requires transitive dev.jvmm.block;
  requires transitive dev.jvmm.vcpu;
  requires transitive dev.jvmm.vhost;
  requires dev.jvmm.virtio;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports dev.jvmm.machine;
  exports dev.jvmm.machine.catalog;
  exports dev.jvmm.machine.disk;
  exports dev.jvmm.machine.net;
  exports dev.jvmm.machine.pci;
  exports dev.jvmm.machine.smbios;
}

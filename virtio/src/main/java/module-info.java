/** Virtio: queues, the device model, transports, devices; no host in it. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.virtio {
  requires transitive dev.jvmm.block;
  requires transitive dev.jvmm.core;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.jvmm.virtio.balloon;
  exports dev.jvmm.virtio.block;
  exports dev.jvmm.virtio.console;
  exports dev.jvmm.virtio.device;
  exports dev.jvmm.virtio.mmio;
  exports dev.jvmm.virtio.net;
  exports dev.jvmm.virtio.pci;
  exports dev.jvmm.virtio.queue;
  exports dev.jvmm.virtio.rng;
  exports dev.jvmm.virtio.vsock;
}

/** The host's networks behind a guest's devices. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.vhost {
  requires transitive dev.jvmm.core;
  requires transitive dev.jvmm.virtio;
  requires dev.jvmm.kvm;
  requires static transitive org.jspecify;

  exports dev.jvmm.vhost;
}

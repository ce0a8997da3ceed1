/** Disks: images, engines, throttling. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.block {
  requires transitive dev.jvmm.core;
  requires dev.jvmm.kvm;
  requires static transitive org.jspecify;

  exports dev.jvmm.block;
}

/** Every system call of jvmm. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.kvm {
  requires static transitive org.jspecify;

  exports dev.jvmm.linux;
  exports dev.jvmm.kvm to
      dev.jvmm.core,
      dev.jvmm.vcpu,
      dev.jvmm.machine;
  exports dev.jvmm.kvm.uapi to
      dev.jvmm.core,
      dev.jvmm.vcpu;
}

/** Every system call of jvmm. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.kvm {
  requires static transitive org.jspecify;

  exports dev.jvmm.linux to
      dev.jvmm.core,
      dev.jvmm.vcpu,
      dev.jvmm.block,
      dev.jvmm.vhost,
      dev.jvmm.machine,
      dev.jvmm.qmp,
      dev.jvmm.cli,
      dev.jvmm.it;
  exports dev.jvmm.linux.vhost to
      dev.jvmm.vhost;
  exports dev.jvmm.kvm to
      dev.jvmm.core,
      dev.jvmm.vcpu;
  exports dev.jvmm.kvm.uapi to
      dev.jvmm.core,
      dev.jvmm.vcpu;
}

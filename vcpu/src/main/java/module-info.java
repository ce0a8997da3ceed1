/** Virtual CPUs: KVM_RUN, exits, CPUID, MSRs. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.vcpu {
  requires transitive dev.jvmm.core;
  requires dev.jvmm.kvm;
  requires jdk.jfr;
  requires static transitive org.jspecify;

  exports dev.jvmm.vcpu;
  exports dev.jvmm.vcpu.cpuid;
}

/** The machines pc and microvm: devices, tables, boot; the composition root. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.machine {
  requires transitive dev.jvmm.core;
  requires dev.jvmm.vcpu;
  requires static transitive org.jspecify;
}

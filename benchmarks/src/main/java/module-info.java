/** What jvmm costs, beside C loops and QEMU; run by the scripts of this folder. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.benchmarks {
  requires dev.jvmm.machine;
  requires java.management;
  requires jdk.management; // allocated bytes by thread
  requires static org.jspecify;
}

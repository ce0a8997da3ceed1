/** The command: QEMU-style options to configuration records. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.cli {
  requires dev.jvmm.machine;
  requires static org.jspecify;
}

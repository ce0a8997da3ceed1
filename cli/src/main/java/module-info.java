/** The command: QEMU-style options to configuration records. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.cli {
  requires dev.jvmm.kvm;
  requires dev.jvmm.machine;
  requires info.picocli;
  requires jdk.unsupported; // sun.misc.Signal: no other API can answer SIGTERM with status 0
  requires static org.jspecify;

  provides java.lang.System.LoggerFinder with
      dev.jvmm.cli.log.LineLoggerFinder;
}

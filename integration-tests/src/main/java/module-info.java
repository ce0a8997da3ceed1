/** Tests with real Linux guests, run by JUnit's launcher on the module path. */
@org.jspecify.annotations.NullMarked
open module dev.jvmm.it {
  requires dev.jvmm.cli;
  requires dev.jvmm.junit;
  requires dev.jvmm.machine;
  requires org.assertj.core;
  requires org.junit.jupiter.api;
  requires org.junit.jupiter.params;
  requires org.junit.platform.launcher;
  requires static org.jspecify;

  provides org.junit.platform.launcher.TestExecutionListener with
      dev.jvmm.it.report.LiveReport;
}

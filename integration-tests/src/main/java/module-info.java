/** Tests with real Linux guests, run by JUnit's launcher on the module path. */
@org.jspecify.annotations.NullMarked
open module dev.jvmm.it {
  requires dev.jvmm.cli;
  requires dev.jvmm.machine;
  requires java.xml; // the reports of a run
  requires org.assertj.core;
  requires org.junit.jupiter.api;
  requires org.junit.jupiter.params;
  requires static org.jspecify;
}

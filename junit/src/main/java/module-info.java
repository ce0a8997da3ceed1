/** Virtual machines as fixtures of JUnit tests. */
@org.jspecify.annotations.NullMarked
module dev.jvmm.junit {
  requires transitive dev.jvmm.machine;
  requires transitive org.junit.jupiter.api;
  requires tools.jackson.core;
  requires static transitive org.jspecify;

  exports dev.jvmm.junit;
}

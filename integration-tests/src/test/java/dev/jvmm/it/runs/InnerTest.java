package dev.jvmm.it.runs;

import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;

/**
 * What came of one test of a real guest.
 *
 * @param className its class, with the package
 * @param text why it failed or was skipped; empty if it passed
 */
record InnerTest(String className, String name, Outcome outcome, String text) {

  /** How a test ends. */
  enum Outcome {
    PASSED,
    FAILED,
    SKIPPED
  }

  /** The class as a whole, when no report came back of it. */
  static InnerTest lost(String className, String text) {
    return new InnerTest(className, "no report", Outcome.FAILED, text);
  }

  boolean failed() {
    return outcome == Outcome.FAILED;
  }

  /** A test that ends as this one did, so that the summary counts it once. */
  DynamicTest replay() {
    String simpleName = className.substring(className.lastIndexOf('.') + 1);
    return DynamicTest.dynamicTest(simpleName + "." + name, this::end);
  }

  private void end() {
    switch (outcome) {
      case PASSED -> {}
      case FAILED -> Assertions.fail(text);
      case SKIPPED -> Assumptions.abort(text);
    }
  }
}

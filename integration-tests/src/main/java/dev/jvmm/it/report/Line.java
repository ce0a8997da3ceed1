package dev.jvmm.it.report;

/**
 * A line of the report: a test that has ended, or a class all of whose tests have.
 *
 * @param className with the package
 * @param name of the test; the class's end has none
 * @param text why it failed or was skipped; empty if it passed
 */
public record Line(Outcome outcome, String className, String name, String text) {

  /** How it ended. */
  public enum Outcome {
    PASSED,
    FAILED,
    SKIPPED,
    /** Not a test: the class is through. */
    CLASS_ENDED
  }

  private static final int FIELDS = 4;

  /** As it stands in the file: fields between tabs, nothing in them that ends a field or a line. */
  String encoded() {
    return String.join("\t", outcome.name(), className, escaped(name), escaped(text)) + "\n";
  }

  /** The opposite of {@link #encoded}. */
  static Line decoded(String encoded) {
    String[] fields = encoded.split("\t", FIELDS);
    return new Line(
        Outcome.valueOf(fields[0]),
        fields[1],
        fields[2].translateEscapes(),
        fields[3].translateEscapes());
  }

  private static String escaped(String field) {
    return field
        .replace("\\", "\\\\")
        .replace("\t", "\\t")
        .replace("\n", "\\n")
        .replace("\r", "\\r");
  }
}

package dev.jvmm.benchmarks;

import java.util.Arrays;
import java.util.Locale;

/** Figures of one kind, and the line of the table that they become. Thread: confined. */
final class Samples {

  private double[] values = new double[64];
  private int count;

  void add(double value) {
    if (count == values.length) {
      values = Arrays.copyOf(values, 2 * count);
    }
    values[count++] = value;
  }

  boolean isEmpty() {
    return count == 0;
  }

  double last() {
    return values[count - 1];
  }

  double min() {
    return sorted()[0];
  }

  double median() {
    double[] sorted = sorted();
    int middle = count / 2;
    return count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private double[] sorted() {
    double[] sorted = Arrays.copyOf(values, count);
    Arrays.sort(sorted);
    return sorted;
  }

  /** Minimum and median, or dashes where there are none. */
  String minAndMedian(int digits) {
    return isEmpty() ? "- -" : format(digits, min()) + " " + format(digits, median());
  }

  /** Prints a line: what, minimum, median, target, QEMU's minimum and median. */
  void print(String what, int digits, String target, Samples qemu) {
    row(what, format(digits, min()), format(digits, median()), target, qemu.minAndMedian(digits));
  }

  static void row(String what, String min, String median, String target, String qemu) {
    System.out.printf(Locale.ROOT, "%-44s %10s %10s %10s   %s%n", what, min, median, target, qemu);
  }

  private static String format(int digits, double value) {
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}

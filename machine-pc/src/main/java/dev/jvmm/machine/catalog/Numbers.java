package dev.jvmm.machine.catalog;

import java.util.Locale;

/**
 * Numbers and sizes as options spell them.
 *
 * <p>Thread: stateless.
 */
public final class Numbers {

  /** What a unit's letter multiplies by is 1024 to the power of its place here. */
  private static final String UNITS = "BKMGTPE";

  private Numbers() {}

  /**
   * A whole number that is not negative, decimal or with 0x.
   *
   * @throws NumberFormatException if it is none, or above 2^63 - 1
   */
  public static long parse(String text) {
    boolean hex = text.startsWith("0x") || text.startsWith("0X");
    String digits = hex ? text.substring(2) : text;
    if (digits.isEmpty() || digits.charAt(0) == '-' || digits.charAt(0) == '+') {
      throw new NumberFormatException(text);
    }
    return Long.parseLong(digits, hex ? 16 : 10);
  }

  /**
   * A size in bytes: {@code 512}, {@code 4G}, {@code 1.5g}, {@code 0x200}; units are powers of
   * 1024. A fraction of a byte is dropped.
   *
   * @param unit what a number without a letter counts, in bytes
   * @throws NumberFormatException if it is no size; its message says why, as the end of a sentence
   */
  public static long parseSize(String text, long unit) {
    if (text.startsWith("0x") || text.startsWith("0X")) {
      return scaled(wholePart(text), "0", unit);
    }
    int end = text.length();
    long factor = unit;
    if (end > 0 && Character.isLetter(text.charAt(end - 1))) {
      end--;
      int power = UNITS.indexOf(text.substring(end).toUpperCase(Locale.ROOT));
      if (power < 0) {
        throw new NumberFormatException("a size ends in K, M, G or T, not " + text.charAt(end));
      }
      factor = 1L << (10 * power);
    }
    String number = text.substring(0, end);
    int point = number.indexOf('.');
    if (point < 0) {
      return scaled(wholePart(number), "0", factor);
    }
    return scaled(wholePart(number.substring(0, point)), number.substring(point + 1), factor);
  }

  /** A size for people: the largest unit that leaves at most two digits after the point. */
  public static String showSize(long bytes) {
    for (int power = UNITS.length() - 1; power > 0; power--) {
      long factor = 1L << (10 * power);
      if (bytes >= factor && (bytes % factor == 0 || bytes >= 4 * factor)) {
        long hundredths = (bytes % factor) / (factor / 100);
        String fraction = hundredths == 0 ? "" : "." + (hundredths < 10 ? "0" : "") + hundredths;
        return bytes / factor + fraction + " " + UNITS.charAt(power) + "iB";
      }
    }
    return bytes + " bytes";
  }

  private static long wholePart(String digits) {
    try {
      return parse(digits);
    } catch (NumberFormatException e) {
      NumberFormatException told = new NumberFormatException("that is no size, write 512M or 4G");
      told.initCause(e);
      throw told;
    }
  }

  private static long scaled(long whole, String fraction, long factor) {
    for (int i = 0; i < fraction.length(); i++) {
      if (fraction.charAt(i) < '0' || fraction.charAt(i) > '9') {
        throw new NumberFormatException("that is no size, write 512M or 4G");
      }
    }
    long part = fraction.isEmpty() ? 0 : (long) (Double.parseDouble("0." + fraction) * factor);
    try {
      return Math.addExact(Math.multiplyExact(whole, factor), part);
    } catch (ArithmeticException e) {
      NumberFormatException told = new NumberFormatException("more than any machine can have");
      told.initCause(e);
      throw told;
    }
  }
}

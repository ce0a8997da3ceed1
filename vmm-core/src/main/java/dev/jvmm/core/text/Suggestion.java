package dev.jvmm.core.text;

import java.util.Collection;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The known name that a user probably meant.
 *
 * <p>Nearness is the optimal string alignment distance: letters added, left out, changed, or two
 * neighbours swapped each count 1. Upper and lower case, and {@code _ . -}, count as the same.
 *
 * <p>Safe from any thread: it holds nothing.
 */
public final class Suggestion {

  /** A longer name is an accident, not a typing error; it also bounds the work. */
  private static final int MAX_LENGTH = 64;

  private Suggestion() {}

  /**
   * The nearest of the known names, or null when none is near enough to be worth a question: a
   * third of the letters may differ, and at least one letter.
   *
   * @param asked what the user wrote
   * @param known the names there are; the first of equally near ones wins
   */
  public static @Nullable String nearest(String asked, Collection<String> known) {
    if (asked.isEmpty() || asked.length() > MAX_LENGTH) {
      return null;
    }
    String wanted = plain(asked);
    int best = Math.max(1, asked.length() / 3) + 1;
    String nearest = null;
    for (String name : known) {
      if (Math.abs(name.length() - asked.length()) >= best) {
        continue;
      }
      int distance = distance(wanted, plain(name));
      if (distance < best) {
        best = distance;
        nearest = name;
      }
    }
    return nearest;
  }

  /** The end of an error sentence: {@code "; did you mean NAME?"}, or nothing when none is near. */
  public static String ending(String asked, Collection<String> known) {
    String nearest = nearest(asked, known);
    return nearest == null ? "" : "; did you mean " + nearest + "?";
  }

  private static String plain(String name) {
    return name.toLowerCase(Locale.ROOT).replace('_', '-').replace('.', '-');
  }

  /** Three rows of the table are kept: a swap looks back two. */
  private static int distance(String a, String b) {
    int[] before = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(row[j - 1], last[j]) + 1, last[j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], before[j - 2] + 1);
        }
      }
      int[] free = before;
      before = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}

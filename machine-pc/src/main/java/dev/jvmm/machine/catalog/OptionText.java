package dev.jvmm.machine.catalog;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The value of an option as QEMU spells it: {@code value,key=value,flag}, where {@code ,,} is a
 * comma inside a value, and the first value may do without its key.
 *
 * <p>Each question names a key and what it must be; an answer that can't be given is a {@link
 * ConfigException} that quotes the option, the whole value and the nearest key or word. Where a key
 * is given twice the last one counts, as in QEMU.
 *
 * <p>Thread: immutable.
 */
public final class OptionText {

  private static final List<String> BOOLEANS = List.of("off", "on");

  private final String option;
  private final String text;
  private final List<Entry> entries;

  /**
   * One part between commas.
   *
   * @param key its name
   * @param value what follows {@code =}; null where there is none
   */
  public record Entry(String key, @Nullable String value) {}

  private OptionText(String option, String text, List<Entry> entries) {
    this.option = option;
    this.text = text;
    this.entries = List.copyOf(entries);
  }

  /**
   * Splits a value.
   *
   * @param option its option, without the dash
   * @param text the value
   * @param impliedKey the key of a first part that has none, or null where each part has its own
   */
  public static OptionText parse(String option, String text, @Nullable String impliedKey) {
    List<Entry> entries = new ArrayList<>();
    for (String part : split(text)) {
      int equals = part.indexOf('=');
      if (equals > 0) {
        entries.add(new Entry(part.substring(0, equals), part.substring(equals + 1)));
      } else if (impliedKey != null && entries.isEmpty()) {
        entries.add(new Entry(impliedKey, part));
      } else {
        entries.add(new Entry(part, null));
      }
    }
    return new OptionText(option, text, entries);
  }

  /**
   * As {@link #parse}, for the options that take a JSON object too: its members are the parts,
   * those of objects within it with both names, {@code outer.inner}.
   */
  public static OptionText parseObject(String option, String text, String impliedKey) {
    if (!text.startsWith("{")) {
      return parse(option, text, impliedKey);
    }
    return new OptionText(option, text, JsonText.entries(option, text)); // loads the JSON parser
  }

  /** The parts whose keys begin with a name and a dot, without both. */
  public OptionText under(String name) {
    List<Entry> inner = new ArrayList<>();
    for (Entry entry : entries) {
      if (entry.key().startsWith(name + ".")) {
        inner.add(new Entry(entry.key().substring(name.length() + 1), entry.value()));
      }
    }
    return new OptionText(option, text, inner);
  }

  /** The same behind parts that count where it says nothing itself. */
  public OptionText withDefaults(List<Entry> defaults) {
    List<Entry> all = new ArrayList<>(defaults);
    all.addAll(entries);
    return new OptionText(option, text, all);
  }

  /** The parts between single commas; two commas are one that belongs to the part. */
  public static List<String> split(String text) {
    List<String> parts = new ArrayList<>();
    StringBuilder part = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != ',') {
        part.append(c);
      } else if (i + 1 < text.length() && text.charAt(i + 1) == ',') {
        part.append(c);
        i++;
      } else {
        parts.add(part.toString());
        part.setLength(0);
      }
    }
    if (!part.isEmpty() || parts.isEmpty()) { // a comma at the end is forgiven
      parts.add(part.toString());
    }
    return parts;
  }

  /** The option, without its dash. */
  public String option() {
    return option;
  }

  /** All parts, in order. */
  public List<Entry> entries() {
    return entries;
  }

  /** Whether the user asks what there is: {@code help} or {@code ?}, alone or as a part. */
  public boolean asksForHelp() {
    for (Entry entry : entries) {
      String word = entry.value() == null ? entry.key() : entry.value();
      if (word.equals("help") || word.equals("?")) {
        return true;
      }
    }
    return false;
  }

  /** Whether the key is there, with a value or as a flag. */
  public boolean has(String key) {
    return entry(key) != null;
  }

  /** The value of a key, or null where it is missing. */
  public @Nullable String text(String key) {
    Entry entry = entry(key);
    if (entry == null) {
      return null;
    }
    if (entry.value() == null) {
      throw error(key + " needs a value, " + key + "=...");
    }
    return entry.value();
  }

  /** The value of a key, or the fallback where it is missing. */
  public String text(String key, String fallback) {
    String value = text(key);
    return value == null ? fallback : value;
  }

  /** The value of a key that must be there, and not empty. */
  public String require(String key) {
    String value = text(key);
    if (value == null || value.isEmpty()) {
      throw error(key + " is missing, add " + key + "=...");
    }
    return value;
  }

  /** The value of a key that takes one of a few words. */
  public String word(String key, String fallback, List<String> words) {
    String value = text(key, fallback);
    if (!words.contains(value) && !value.equals(fallback)) {
      throw error(
          key
              + " is one of "
              + String.join(", ", words)
              + ", not "
              + value
              + Suggestion.ending(value, words));
    }
    return value;
  }

  /** A switch: {@code on}, {@code off}, the bare key, or {@code no} and the bare key. */
  public boolean bool(String key, boolean fallback) {
    boolean answer = fallback;
    for (Entry entry : entries) {
      if (entry.key().equals(key)) {
        answer = entry.value() == null || on(key, entry.value());
      } else if (entry.value() == null && entry.key().equals("no" + key)) {
        answer = false;
      }
    }
    return answer;
  }

  /** A number that is not negative, decimal or 0x. */
  public int number(String key, int fallback, int minimum, int maximum) {
    String value = text(key);
    if (value == null) {
      return fallback;
    }
    long number;
    try {
      number = Numbers.parse(value);
    } catch (NumberFormatException e) {
      throw new ConfigException(option, text + ": " + key + "=" + value + " is no number", e);
    }
    if (number < minimum || number > maximum) {
      throw error(key + " is between " + minimum + " and " + maximum + ", not " + value);
    }
    return (int) number;
  }

  /**
   * A number of bytes, with a unit or without.
   *
   * @throws ConfigException if it is none, or above {@code maximum}
   */
  public long size(String key, long fallback, long maximum) {
    String value = text(key);
    if (value == null) {
      return fallback;
    }
    long bytes;
    try {
      bytes = Numbers.parseSize(value, 1);
    } catch (NumberFormatException e) {
      throw new ConfigException(option, text + ": " + key + "=" + value + ": " + e.getMessage(), e);
    }
    if (bytes > maximum) {
      throw error(key + " is at most " + maximum + ", not " + value);
    }
    return bytes;
  }

  /** Refuses every key but these. */
  public void only(String... keys) {
    only(Arrays.asList(keys));
  }

  /** Refuses every key but these. */
  public void only(List<String> known) {
    for (Entry entry : entries) {
      String key = entry.key();
      boolean negated =
          entry.value() == null && key.startsWith("no") && known.contains(key.substring(2));
      if (!known.contains(key) && !negated) {
        throw unknown(key, known);
      }
    }
  }

  /** What to say of a key that isn't known. */
  public ConfigException unknown(String key, List<String> known) {
    return error("no property " + key + Suggestion.ending(key, known));
  }

  /** What to say of this value. */
  public ConfigException error(String sentence) {
    return new ConfigException(option, text + ": " + sentence);
  }

  @Override
  public String toString() {
    return text;
  }

  private boolean on(String key, String value) {
    return switch (value) {
      case "on", "yes", "true", "y" -> true;
      case "off", "no", "false", "n" -> false;
      default ->
          throw error(key + " is on or off, not " + value + Suggestion.ending(value, BOOLEANS));
    };
  }

  private @Nullable Entry entry(String key) {
    Entry found = null;
    for (Entry entry : entries) {
      if (entry.key().equals(key)) {
        found = entry;
      }
    }
    return found;
  }
}

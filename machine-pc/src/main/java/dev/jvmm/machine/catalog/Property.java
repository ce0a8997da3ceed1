package dev.jvmm.machine.catalog;

import org.jspecify.annotations.Nullable;

/**
 * One property of a device or machine, as users see it.
 *
 * @param name as it is spelled
 * @param kind what its value must be
 * @param fallback the value where none is given; empty where there is none
 * @param doc one line, no full stop
 */
public record Property(String name, Kind kind, String fallback, String doc) {

  /** What a value must be. */
  public enum Kind {
    /** Any text. */
    TEXT("str", 0),
    /** The id of a character device ({@code -chardev ...,id=}). */
    CHARDEV("str", 0),
    /** On or off. */
    SWITCH("bool", 0),
    /** On, off, or what is best. */
    SWITCH_OR_AUTO("OnOffAuto", 0),
    /** A number of 8 bits. */
    UINT8("uint8", 0xFF),
    /** A number of 16 bits. */
    UINT16("uint16", 0xFFFF),
    /** A number of 32 bits. */
    UINT32("uint32", 0xFFFF_FFFFL),
    /** A number of 63 bits. */
    UINT64("uint64", Long.MAX_VALUE);

    private final String text;
    private final long maximum;

    Kind(String text, long maximum) {
      this.text = text;
      this.maximum = maximum;
    }

    /** As the help prints it, in angle brackets. */
    public String text() {
      return text;
    }
  }

  /** Why a value can't be this property's, or null where it can; follows the property's name. */
  public @Nullable String objection(String value) {
    return switch (kind) {
      case TEXT -> null;
      case CHARDEV -> value.isEmpty() ? "is the id of a chardev, not empty" : null;
      case SWITCH ->
          switch (value) {
            case "on", "yes", "true", "y", "off", "no", "false", "n" -> null;
            default -> "is on or off, not " + value;
          };
      case SWITCH_OR_AUTO ->
          switch (value) {
            case "auto", "on", "off" -> null;
            default -> "is on, off or auto, not " + value;
          };
      case UINT8, UINT16, UINT32, UINT64 -> inRange(value) ? null : rangeText() + value;
    };
  }

  private boolean inRange(String value) {
    try {
      return Numbers.parse(value) <= kind.maximum;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private String rangeText() {
    return "is a number from 0 to 0x" + Long.toHexString(kind.maximum) + ", not ";
  }
}

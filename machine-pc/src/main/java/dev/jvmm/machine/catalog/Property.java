package dev.jvmm.machine.catalog;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.virtio.net.MacAddress;
import java.util.List;
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
    TEXT("str"),
    /** The id of a character device ({@code -chardev ...,id=}). */
    CHARDEV("str"),
    /** The id of a disk ({@code -drive ...,id=}, {@code -blockdev ...,node-name=}). */
    DRIVE("str"),
    /** The id of a network ({@code -netdev ...,id=}). */
    NETDEV("str"),
    /** An Ethernet address. */
    MAC("str"),
    /** How a link carries both directions. */
    DUPLEX("str", "half, full"),
    /** The id of an {@code -object iothread}. */
    IOTHREAD("link<iothread>"),
    /** The id of an {@code -object rng-...}. */
    RNG("link<rng-backend>"),
    /** On or off. */
    SWITCH("bool"),
    /** On, off, or what fits. */
    SWITCH_OR_AUTO("OnOffAuto", "on, off, auto"),
    /** What becomes of a request that the host fails. */
    ON_ERROR("BlockdevOnError", "report, ignore, enospc, stop, auto"),
    /** A number of 8 bits. */
    UINT8("uint8", 0xFF),
    /** A number of 16 bits. */
    UINT16("uint16", 0xFFFF),
    /** A number of 32 bits. */
    UINT32("uint32", 0xFFFF_FFFFL),
    /** A number of 63 bits. */
    UINT64("uint64", Long.MAX_VALUE),
    /** A number of 32 bits, or -1. */
    INT32("int32", Integer.MAX_VALUE),
    /** A number of bytes, with a unit or without, up to 4 GiB. */
    SIZE32("size", 0xFFFF_FFFFL);

    private final String text;
    private final long maximum;
    private final String words; // comma and space between them

    Kind(String text) {
      this(text, 0, "");
    }

    Kind(String text, long maximum) {
      this(text, maximum, "");
    }

    Kind(String text, String words) {
      this(text, 0, words);
    }

    Kind(String text, long maximum, String words) {
      this.text = text;
      this.maximum = maximum;
      this.words = words;
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
      case NETDEV -> value.isEmpty() ? "is the id of a netdev, not empty" : null;
      case MAC -> macObjection(value);
      case DRIVE -> value.isEmpty() ? "is the id of a drive, not empty" : null;
      case IOTHREAD, RNG -> value.isEmpty() ? "is the id of an object, not empty" : null;
      case SWITCH ->
          switch (value) {
            case "on", "yes", "true", "y", "off", "no", "false", "n" -> null;
            default -> "is on or off, not " + value;
          };
      case SWITCH_OR_AUTO, ON_ERROR, DUPLEX -> wordObjection(value);
      case UINT8, UINT16, UINT32, UINT64 -> inRange(value) ? null : rangeText() + value;
      case INT32 -> value.equals("-1") || inRange(value) ? null : rangeText() + value;
      case SIZE32 -> isSize(value) ? null : "is a size up to 4G, not " + value;
    };
  }

  private static @Nullable String macObjection(String value) {
    try {
      MacAddress address = MacAddress.parse(value);
      return address.isGroup()
          ? "is one station's, not a group's as %s; make its first byte even".formatted(value)
          : address.bits() == 0 ? "is an address as 52:54:00:12:34:56, not " + value : null;
    } catch (NumberFormatException e) {
      return "is an address as 52:54:00:12:34:56, not " + value;
    }
  }

  private @Nullable String wordObjection(String value) {
    List<String> words = List.of(kind.words.split(", "));
    return words.contains(value)
        ? null
        : "is one of " + kind.words + ", not " + value + Suggestion.ending(value, words);
  }

  private boolean isSize(String value) {
    try {
      return Numbers.parseSize(value, 1) <= kind.maximum;
    } catch (NumberFormatException e) {
      return false;
    }
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

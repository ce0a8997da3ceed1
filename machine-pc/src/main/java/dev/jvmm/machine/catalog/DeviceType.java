package dev.jvmm.machine.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A device that a user can ask for, by name ({@code -device}).
 *
 * @param name as it is spelled
 * @param category the heading that it stands under in lists
 * @param bus what it is plugged into
 * @param doc one line, no full stop
 * @param properties what can be said of it, {@code id} left out: every device has one
 */
public record DeviceType(
    String name, Category category, String bus, String doc, List<Property> properties) {

  /** Headings, in the order of the help. */
  public enum Category {
    /** Disks. */
    STORAGE("Storage"),
    /** Network cards. */
    NETWORK("Network"),
    /** Serial ports and the like. */
    INPUT("Input"),
    /** What fits nowhere else. */
    MISC("Misc");

    private final String text;

    Category(String text) {
      this.text = text;
    }

    /** The heading. */
    public String text() {
      return text;
    }
  }

  /** Copies the properties. */
  public DeviceType {
    properties = List.copyOf(properties);
  }

  /** There is one of each; and a record's own comparison costs milliseconds at its first use. */
  @Override
  public boolean equals(@Nullable Object other) {
    return this == other;
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  /** The property of this name, or null. */
  public @Nullable Property property(String wanted) {
    for (Property property : properties) {
      if (property.name().equals(wanted)) {
        return property;
      }
    }
    return null;
  }

  /** What may stand before an equals sign. */
  List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (Property property : properties) {
      keys.add(property.name());
    }
    keys.add(DeviceCatalog.ID);
    return keys;
  }
}

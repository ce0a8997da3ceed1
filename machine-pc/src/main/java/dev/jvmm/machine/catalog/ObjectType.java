package dev.jvmm.machine.catalog;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Something of the host that a user can ask for, for devices to refer to ({@code -object}).
 *
 * @param name as it is spelled
 * @param doc one line, no full stop
 * @param properties what can be said of it, {@code id} left out: every object has one
 */
public record ObjectType(String name, String doc, List<Property> properties) {

  /** Copies the properties. */
  public ObjectType {
    properties = List.copyOf(properties);
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
}

package dev.jvmm.machine.catalog;

import dev.jvmm.machine.BoardConfig;
import dev.jvmm.machine.catalog.DeviceType.Category;
import java.util.List;

/**
 * What {@code help} as the value of an option prints: one line a thing, spelled so that scripts
 * written for QEMU find its name.
 *
 * <p>Thread: stateless.
 */
public final class CatalogHelp {

  private CatalogHelp() {}

  /** {@code -device help}. */
  public static String devices() {
    StringBuilder text = new StringBuilder();
    for (Category category : Category.values()) {
      String heading = (text.isEmpty() ? "" : "\n") + category.text() + " devices:\n";
      for (DeviceType type : DeviceCatalog.types()) {
        if (type.category() == category) {
          text.append(heading);
          heading = "";
          text.append(
              "name \"%s\", bus %s, desc \"%s\"\n".formatted(type.name(), type.bus(), type.doc()));
        }
      }
    }
    return text.toString();
  }

  /** {@code -device NAME,help}. */
  public static String device(DeviceType type) {
    return type.name()
        + " options:\n"
        + properties(type.properties())
        + property(new Property(DeviceCatalog.ID, Property.Kind.TEXT, "", "its name in messages"));
  }

  /** {@code -machine help}. */
  public static String machines() {
    StringBuilder text = new StringBuilder("Supported machines are:\n");
    for (MachineType type : MachineType.all()) {
      boolean preset = type.board().equals(BoardConfig.PC);
      text.append("%-20s %s%s\n".formatted(type.name(), type.doc(), preset ? " (default)" : ""));
    }
    return text.toString();
  }

  /** {@code -machine NAME,help}. */
  public static String machine(MachineType type) {
    return type.name() + " options:\n" + properties(type.properties());
  }

  /** {@code -chardev help}. */
  public static String chardevs() {
    StringBuilder text = new StringBuilder("Available chardev backend types:\n");
    for (ChardevBackend backend : ChardevBackend.values()) {
      text.append("  %-8s %s\n".formatted(backend.text(), backend.doc()));
    }
    return text.toString();
  }

  private static String properties(List<Property> properties) {
    StringBuilder text = new StringBuilder();
    for (Property property : properties) {
      text.append(property(property));
    }
    return text.toString();
  }

  private static String property(Property property) {
    String name = property.name() + "=<" + property.kind().text() + ">";
    String fallback =
        property.fallback().isEmpty() ? "" : " (default: " + property.fallback() + ")";
    return "  %-22s - %s%s\n".formatted(name, property.doc(), fallback);
  }
}

package dev.jvmm.machine.catalog;

import dev.jvmm.machine.DeviceConfig;
import org.jspecify.annotations.Nullable;

/**
 * The properties of one device, the catalog's defaults filled in; what device code is made from.
 *
 * <p>Thread: immutable.
 */
public final class DeviceProperties {

  private final DeviceType type;
  private final DeviceConfig device;

  private DeviceProperties(DeviceType type, DeviceConfig device) {
    this.type = type;
    this.device = device;
  }

  /** Checks the device against the catalog. */
  public static DeviceProperties of(DeviceConfig device) {
    return new DeviceProperties(
        DeviceCatalog.require("device", device.type()), DeviceCatalog.checked(device));
  }

  /** The device's kind. */
  public DeviceType type() {
    return type;
  }

  /** The value, its default, or null where there is neither. */
  public @Nullable String text(String name) {
    String given = device.properties().get(name);
    if (given != null) {
      return given;
    }
    Property property = type.property(name);
    return property == null || property.fallback().isEmpty() ? null : property.fallback();
  }

  /** The id that the one property of this kind names, or null. */
  public @Nullable String reference(Property.Kind kind) {
    for (Property property : type.properties()) {
      if (property.kind() == kind) {
        return text(property.name());
      }
    }
    return null;
  }

  /** A number, its default, or the fallback where there is neither. */
  public int number(String name, int fallback) {
    String value = text(name);
    return value == null ? fallback : (int) Numbers.parse(value);
  }

  /** A number that may take more than 31 bits, its default, or the fallback. */
  public long longNumber(String name, long fallback) {
    String value = text(name);
    return value == null ? fallback : Numbers.parse(value);
  }

  /** The device as {@code -device} spells it, for messages. */
  public String spelled() {
    return DeviceCatalog.spelled(device);
  }

  /** What recordings and counters call it: its id, or what it has on the host, or its type. */
  public String called() {
    String name = text(DeviceCatalog.ID);
    if (name == null) {
      name = text("drive");
    }
    if (name == null) {
      name = text("netdev");
    }
    return name == null ? type.name() : name;
  }

  /** A switch, its default, or off. */
  public boolean bool(String name) {
    String value = text(name);
    return value != null
        && OptionText.parse(type.name(), name + "=" + value, null).bool(name, false);
  }
}

package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.CHARDEV;
import static dev.jvmm.machine.catalog.Property.Kind.UINT16;
import static dev.jvmm.machine.catalog.Property.Kind.UINT8;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.DeviceConfig;
import dev.jvmm.machine.catalog.DeviceType.Category;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The devices that a user can ask for.
 *
 * <p>Thread: immutable.
 */
public final class DeviceCatalog {

  /** The property that every device has: its name in messages and monitors. */
  public static final String ID = "id";

  /** A 16550A serial port. */
  public static final DeviceType ISA_SERIAL =
      new DeviceType(
          "isa-serial",
          Category.INPUT,
          "ISA",
          "a serial port, 16550A",
          List.of(
              new Property("chardev", CHARDEV, "", "the character device that it speaks to"),
              new Property("index", UINT8, "", "0 is COM1, 3 is COM4; the next free one"),
              new Property("iobase", UINT16, "", "the first of its ports, if not by index"),
              new Property("irq", UINT8, "", "its interrupt; 4 or 3, as a PC has it")));

  /** A port that ends the machine with the guest's own status. */
  public static final DeviceType ISA_DEBUG_EXIT =
      new DeviceType(
          "isa-debug-exit",
          Category.MISC,
          "ISA",
          "a write of N to its port ends jvmm with status 2N+1",
          List.of(
              new Property("iobase", UINT16, "0x501", "the first of its ports"),
              new Property("iosize", UINT16, "0x02", "how many ports it has")));

  /** A port whose bytes go straight to a character device. */
  public static final DeviceType ISA_DEBUGCON =
      new DeviceType(
          "isa-debugcon",
          Category.MISC,
          "ISA",
          "a port that passes each byte on to a character device",
          List.of(
              new Property("chardev", CHARDEV, "", "the character device that it writes to"),
              new Property("iobase", UINT16, "0xe9", "its port"),
              new Property("readback", UINT8, "0xe9", "what a read of the port gives")));

  private static final List<DeviceType> TYPES =
      List.of(
          VirtioTypes.BLK_PCI,
          VirtioTypes.BLK_DEVICE,
          NetTypes.PCI,
          NetTypes.DEVICE,
          VsockTypes.VHOST_PCI,
          VsockTypes.VHOST_DEVICE,
          VsockTypes.PCI,
          VsockTypes.DEVICE,
          ISA_SERIAL,
          VirtioTypes.SERIAL_PCI,
          VirtioTypes.SERIAL_DEVICE,
          VirtioTypes.CONSOLE_PORT,
          VirtioTypes.SERIAL_PORT,
          ISA_DEBUG_EXIT,
          ISA_DEBUGCON,
          VirtioTypes.BALLOON_PCI,
          VirtioTypes.BALLOON_DEVICE,
          VirtioTypes.RNG_PCI,
          VirtioTypes.RNG_DEVICE);

  /** QEMU's short names of devices on the PCI bus. */
  private static final Map<String, DeviceType> ALIASES =
      Map.of(
          "virtio-balloon", VirtioTypes.BALLOON_PCI,
          "virtio-blk", VirtioTypes.BLK_PCI,
          "virtio-net", NetTypes.PCI,
          "virtio-rng", VirtioTypes.RNG_PCI,
          "virtio-serial", VirtioTypes.SERIAL_PCI);

  private DeviceCatalog() {}

  /** Every device, in the order of the lists. */
  public static List<DeviceType> types() {
    return TYPES;
  }

  /** The device of this name, or null. */
  public static @Nullable DeviceType find(String name) {
    for (DeviceType type : TYPES) {
      if (type.name().equals(name)) {
        return type;
      }
    }
    return ALIASES.get(name);
  }

  /** The device of this name. */
  public static DeviceType require(String option, String name) {
    DeviceType type = find(name);
    if (type == null) {
      List<String> names = TYPES.stream().map(DeviceType::name).toList();
      throw new ConfigException(
          option, name + ": no such device; " + nearestOr(name, names, "-device help lists them"));
    }
    return type;
  }

  /**
   * Reads {@code -device NAME,property=value}, also as a JSON object, each property checked.
   *
   * @throws ConfigException if the device, a property or a value isn't known
   */
  public static DeviceConfig parse(String text) {
    OptionText parts = OptionText.parseObject("device", text, "driver");
    Map<String, String> properties = new LinkedHashMap<>();
    DeviceType type = require("device", parts.require("driver"));
    for (OptionText.Entry entry : parts.entries()) {
      if (!entry.key().equals("driver")) {
        String value = entry.value() == null ? "on" : entry.value();
        check(parts, type, entry.key(), value);
        properties.put(entry.key(), value);
      }
    }
    return new DeviceConfig(type.name(), properties);
  }

  /** Checks what was put together without a text, as {@link #parse} does. */
  public static DeviceConfig checked(DeviceConfig device) {
    DeviceType type = require("device", device.type());
    OptionText parts = OptionText.parse("device", spelled(device), "driver");
    device.properties().forEach((key, value) -> check(parts, type, key, value));
    return new DeviceConfig(type.name(), device.properties());
  }

  /** The device as {@code -device} spells it, for messages. */
  public static String spelled(DeviceConfig device) {
    StringBuilder text = new StringBuilder(device.type());
    List<String> keys = new ArrayList<>(device.properties().keySet());
    keys.sort(null); // the map has no order of its own
    for (String key : keys) {
      String value = String.valueOf(device.properties().get(key));
      text.append(',').append(key).append('=').append(value.replace(",", ",,"));
    }
    return text.toString();
  }

  /**
   * Checks one property and its value.
   *
   * @param parts what the user wrote, for the message
   */
  public static void check(OptionText parts, DeviceType type, String key, String value) {
    if (key.equals(ID)) {
      return;
    }
    Property property = type.property(key);
    if (property == null) {
      throw parts.error(
          type.name()
              + " has no property "
              + key
              + "; "
              + nearestOr(key, type.keys(), "-device " + type.name() + ",help lists them"));
    }
    String objection = property.objection(value);
    if (objection != null) {
      throw parts.error(key + " " + objection);
    }
  }

  private static String nearestOr(String asked, List<String> known, String otherwise) {
    String nearest = Suggestion.nearest(asked, known);
    return nearest == null ? otherwise : "did you mean " + nearest + "?";
  }
}

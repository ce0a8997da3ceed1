package dev.jvmm.machine;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The character devices, serial ports and other devices of a machine, each serial port with its
 * number, each character device used once.
 *
 * <p>Thread: confined.
 */
final class ConnectionPlan {

  /** What a PC has room for. */
  static final int SERIAL_PORTS = 4;

  private static final int[] SERIAL_IO_BASES = {0x3F8, 0x2F8, 0x3E8, 0x2E8};
  private static final int[] SERIAL_IRQS = {4, 3, 4, 3};

  private final Map<String, ChardevConfig> chardevs = new LinkedHashMap<>();
  private final Map<String, String> users = new HashMap<>(); // chardev, by whom it is taken
  private final Map<String, String> deviceIds = new HashMap<>();
  private final List<SerialConfig> serials = new ArrayList<>();
  private final List<DeviceConfig> devices = new ArrayList<>();

  Map<String, ChardevConfig> chardevs() {
    return chardevs;
  }

  List<SerialConfig> serials() {
    return serials;
  }

  List<DeviceConfig> devices() {
    return devices;
  }

  /** Adds a character device that may be taken. */
  void offer(String id, ChardevConfig config) {
    chardevs.put(id, config);
  }

  /** COM1, where nobody has said anything of serial ports. */
  void defaultSerial(ChardevConfig config) {
    String id = "serial0";
    while (chardevs.containsKey(id)) {
      id += "-default";
    }
    offer(id, config);
    serial(1, id, "serial", "stdio");
  }

  /**
   * Connects a COM port.
   *
   * @param number 1 to 4
   * @param option and its value are how the user asked for it
   */
  void serial(int number, String chardev, String option, String value) {
    for (SerialConfig other : serials) {
      if (other.port() == number) {
        throw new ConfigException(option, value + ": COM" + number + " is there already");
      }
    }
    take(chardev, option, value);
    serials.add(new SerialConfig(number, chardev));
  }

  /** Adds a device; a serial port becomes one of the COM ports. */
  void device(DeviceConfig device) {
    String spelled = DeviceCatalog.spelled(device);
    String id = device.properties().get(DeviceCatalog.ID);
    if (id != null) {
      String other = deviceIds.put(id, spelled);
      if (other != null) {
        throw new ConfigException(
            "device", spelled + ": the id " + id + " is taken by -device " + other);
      }
    }
    DeviceProperties properties = DeviceProperties.of(device);
    if (properties.type().property("chardev") == null) {
      devices.add(device);
      return;
    }
    String chardev = properties.text("chardev");
    if (chardev == null) {
      throw new ConfigException("device", spelled + ": chardev is missing, add chardev=ID");
    }
    if (properties.type().equals(DeviceCatalog.ISA_SERIAL)) {
      serial(serialNumber(properties, spelled), chardev, "device", spelled);
    } else {
      take(chardev, "device", spelled);
      devices.add(device);
    }
  }

  private void take(String chardev, String option, String value) {
    if (!chardevs.containsKey(chardev)) {
      throw new ConfigException(
          option,
          value + ": no chardev " + chardev + Suggestion.ending(chardev, chardevs.keySet()));
    }
    String user = users.put(chardev, "-" + option + " " + value);
    if (user != null) {
      throw new ConfigException(
          option,
          value + ": chardev " + chardev + " is taken by " + user + "; each serves one device");
    }
  }

  /** By index, by address, or the next free one. */
  private int serialNumber(DeviceProperties properties, String spelled) {
    int index = properties.number("index", -1);
    int ioBase = properties.number("iobase", -1);
    for (int i = 0; index < 0 && ioBase >= 0 && i < SERIAL_PORTS; i++) {
      index = SERIAL_IO_BASES[i] == ioBase ? i : -1;
    }
    if (index < 0 && ioBase < 0) {
      index = firstFree();
    }
    if (index >= SERIAL_PORTS) {
      throw new ConfigException(
          "device", spelled + ": a PC has four serial ports, index is 0 to 3");
    }
    String address = addressOf(index);
    if (index < 0
        || (ioBase >= 0 && ioBase != SERIAL_IO_BASES[index])
        || properties.number("irq", SERIAL_IRQS[index]) != SERIAL_IRQS[index]) {
      throw new ConfigException("device", spelled + ": a serial port has " + address);
    }
    return index + 1;
  }

  private int firstFree() {
    int index = 0;
    while (index < SERIAL_PORTS && isTaken(index + 1)) {
      index++;
    }
    return index;
  }

  private boolean isTaken(int number) {
    return serials.stream().anyMatch(serial -> serial.port() == number);
  }

  private static String addressOf(int index) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < SERIAL_PORTS; i++) {
      if (index < 0 || i == index) {
        text.append(text.isEmpty() ? "" : ", or ")
            .append("iobase=0x%x,irq=%d".formatted(SERIAL_IO_BASES[i], SERIAL_IRQS[i]));
      }
    }
    return text.toString();
  }
}

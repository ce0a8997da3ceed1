package dev.jvmm.machine;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.DeviceType;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.machine.virtio.VirtioKind;
import dev.jvmm.virtio.console.ConsoleConfig;
import dev.jvmm.virtio.console.PortConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A console device and what is plugged into it: {@code virtconsole} and {@code virtserialport} go
 * on the bus that they name, or on the first that has room.
 *
 * <p>Number 0 is a console's. The number that a port does not name is the next free one; a first
 * console takes 0.
 *
 * <p>Thread: confined.
 */
final class SerialBus {

  private static final String BUS_OF_NO_ID = "virtio-serial-bus";

  private final DeviceProperties device;
  private final String name;
  private final @Nullable Integer maxPorts; // null: not said
  private final Map<Integer, PortConfig> ports = new LinkedHashMap<>();
  private final Map<Integer, String> chardevs = new LinkedHashMap<>();

  private SerialBus(DeviceProperties device, int index) {
    String id = device.text(DeviceCatalog.ID);
    this.device = device;
    this.name = id == null ? BUS_OF_NO_ID + "." + index : id + ".0";
    this.maxPorts = device.text("max_ports") == null ? null : device.number("max_ports", 0);
  }

  /**
   * The buses of a machine, in the order of their devices, every port on its own.
   *
   * @throws ConfigException if a port has no bus, or not the number that it wants
   */
  static List<SerialBus> plan(List<DeviceConfig> devices) {
    List<SerialBus> buses = new ArrayList<>();
    for (DeviceConfig device : devices) {
      if (VirtioKind.named(device.type()) == VirtioKind.CONSOLE) {
        SerialBus bus = new SerialBus(DeviceProperties.of(device), buses.size());
        bus.check();
        buses.add(bus);
      }
    }
    for (DeviceConfig device : devices) {
      DeviceProperties properties = DeviceProperties.of(device);
      if (isPort(properties.type())) {
        find(buses, properties).plug(properties);
      }
    }
    return buses;
  }

  /** Whether a device is plugged into a console device rather than into the machine. */
  static boolean isPort(DeviceType type) {
    return type.equals(VirtioTypes.CONSOLE_PORT) || type.equals(VirtioTypes.SERIAL_PORT);
  }

  /** Whether a machine has a console on such a device. */
  static boolean hasConsole(List<DeviceConfig> devices) {
    return devices.stream()
        .anyMatch(device -> device.type().equals(VirtioTypes.CONSOLE_PORT.name()));
  }

  private static SerialBus find(List<SerialBus> buses, DeviceProperties port) {
    String wanted = port.text("bus");
    for (SerialBus bus : buses) {
      if (wanted == null ? bus.ports.size() < bus.mostPorts() : wanted.equals(bus.name)) {
        return bus;
      }
    }
    if (wanted == null) {
      throw error(
          port, "there is no virtio-serial with room for it; add -device virtio-serial-pci");
    }
    List<String> names = buses.stream().map(bus -> bus.name).toList();
    throw error(
        port,
        "no bus " + wanted + "; there is " + (names.isEmpty() ? "none" : String.join(", ", names)));
  }

  private void plug(DeviceProperties port) {
    boolean console = port.type().equals(VirtioTypes.CONSOLE_PORT);
    long wanted = port.longNumber("nr", -1);
    int number = wanted < 0 ? freeNumber(console) : (int) Math.min(wanted, Integer.MAX_VALUE);
    try {
      ports.put(
          number,
          new PortConfig(number, console, Objects.requireNonNullElse(port.text("name"), "")));
    } catch (ConfigException e) {
      throw error(port, e.getMessage());
    }
    if (chardevs.put(number, Objects.requireNonNull(port.text("chardev"))) != null) {
      throw error(port, "port " + number + " of " + name + " is taken; leave nr out");
    }
    if (number >= mostPorts()) {
      throw error(port, name + " has ports 0 to " + (mostPorts() - 1) + "; raise max_ports");
    }
  }

  private int freeNumber(boolean console) {
    int number = console ? 0 : 1;
    while (ports.containsKey(number)) {
      number++;
    }
    return number;
  }

  private int mostPorts() {
    return maxPorts == null ? ConsoleConfig.MAX_PORTS : maxPorts;
  }

  private void check() {
    try {
      new ConsoleConfig(mostPorts(), List.of());
    } catch (ConfigException e) {
      throw error(device, e.getMessage());
    }
  }

  private static ConfigException error(DeviceProperties device, @Nullable String what) {
    return new ConfigException("device", device.spelled() + ": " + what);
  }

  /**
   * What the device is. With one console, and where nobody speaks of more, it has no other ports:
   * Linux takes the size of a screen from there whatever its version, while kernels differ in how
   * they read the message that says so of a port.
   */
  ConsoleConfig config() {
    boolean lone = maxPorts == null && ports.size() == 1 && ports.containsKey(0);
    return new ConsoleConfig(lone ? 1 : mostPorts(), List.copyOf(ports.values()));
  }

  /** The character device of each port, by its number. */
  Map<Integer, String> chardevs() {
    return chardevs;
  }
}

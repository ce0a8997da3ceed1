package dev.jvmm.machine;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.catalog.ChardevText;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceType;
import dev.jvmm.machine.catalog.OptionText;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.machine.virtio.VirtioKind;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which device speaks to which character device: each of both at most once.
 *
 * <p>Thread: confined.
 */
final class Connections {

  private final Map<String, Chardev> chardevs = new LinkedHashMap<>();
  private final List<Port> ports = new ArrayList<>();
  private final List<DeviceConfig> devices = new ArrayList<>();
  private final List<Global> globals = new ArrayList<>();
  private final List<DeviceConfig> programPorts = new ArrayList<>();
  private boolean noDefaults;
  private boolean onTerminal;

  /** A character device, and how the user asked for it. */
  private record Chardev(ChardevConfig config, Spelling asked) {}

  /** A {@code -serial}; no chardev means that the COM port is left out. */
  private record Port(String value, @Nullable String chardev) {}

  private record Global(String device, String property, String value) {}

  void noDefaults() {
    noDefaults = true;
  }

  void onTerminal() {
    onTerminal = true;
  }

  /** Adds a console or port of virtio that leads into this program. */
  void programPort(boolean console, String name) {
    String id = (console ? "console-" : "port-") + programPorts.size();
    Map<String, String> properties = console ? Map.of() : Map.of("name", name);
    DeviceType type = console ? VirtioTypes.CONSOLE_PORT : VirtioTypes.SERIAL_PORT;
    Map<String, String> connected = new HashMap<>(properties);
    connected.put("chardev", id);
    DeviceConfig device = new DeviceConfig(type.name(), connected);
    Spelling asked = new Spelling("device", DeviceCatalog.spelled(device));
    for (DeviceConfig other : programPorts) {
      if (!console && name.equals(other.properties().get("name"))) {
        throw asked.refused("a port of that name is there already; give another");
      }
    }
    add(
        id,
        new Chardev(console ? ChardevConfig.Program.CONSOLE : ChardevConfig.Program.PORT, asked));
    programPorts.add(device);
  }

  /** The ports that lead into this program, with a bus for them where there is none. */
  List<DeviceConfig> programPorts(BoardConfig board) {
    List<DeviceConfig> all = new ArrayList<>();
    boolean hasBus =
        devices.stream().anyMatch(d -> VirtioKind.named(d.type()) == VirtioKind.CONSOLE);
    if (!programPorts.isEmpty() && !hasBus) {
      boolean mmio = board.type() == BoardConfig.Type.MICROVM;
      DeviceType bus = mmio ? VirtioTypes.SERIAL_DEVICE : VirtioTypes.SERIAL_PCI;
      all.add(new DeviceConfig(bus.name(), Map.of()));
    }
    all.addAll(programPorts);
    return all;
  }

  private ChardevConfig defaultSerial() {
    if (!onTerminal) {
      return ChardevConfig.Program.CONSOLE;
    }
    return terminal() == null ? new ChardevConfig.Stdio(true, false) : new ChardevConfig.Null();
  }

  void serial(String text) {
    addPort(text, chardevFor("serial", text, "serial" + ports.size()));
  }

  void serial(ChardevConfig config) {
    String id = "serial" + ports.size();
    add(id, new Chardev(config, new Spelling("serial", config.toString())));
    addPort(config.toString(), id);
  }

  private void addPort(String value, @Nullable String chardev) {
    if (ports.size() == ConnectionPlan.SERIAL_PORTS) {
      throw new ConfigException(
          "serial", value + ": a PC has four serial ports, and they are taken");
    }
    ports.add(new Port(value, chardev));
  }

  void chardev(String text) {
    ChardevText.Named named = ChardevText.parse(text);
    add(named.id(), new Chardev(named.config(), new Spelling("chardev", text)));
  }

  void chardev(String id, ChardevConfig config) {
    add(id, new Chardev(config, new Spelling("chardev", config + ",id=" + id)));
  }

  void debugcon(String text) {
    String chardev = chardevFor("debugcon", text, "debugcon");
    if (chardev != null) {
      devices.add(new DeviceConfig(DeviceCatalog.ISA_DEBUGCON.name(), Map.of("chardev", chardev)));
    }
  }

  void device(DeviceConfig device) {
    devices.add(device);
  }

  /** {@code DEVICE.PROPERTY=VALUE}. */
  void global(String text) {
    int dot = text.indexOf('.');
    int equals = text.indexOf('=');
    if (dot <= 0 || equals < dot) {
      throw new ConfigException("global", text + ": write DEVICE.PROPERTY=VALUE");
    }
    String device = text.substring(0, dot);
    String property = text.substring(dot + 1, equals);
    String value = text.substring(equals + 1);
    DeviceType type = DeviceCatalog.require("global", device);
    DeviceCatalog.check(OptionText.parse("global", text, null), type, property, value);
    globals.add(new Global(device, property, value));
  }

  /** The id of the character device that a short form names or makes; null for {@code none}. */
  private @Nullable String chardevFor(String option, String text, String freshId) {
    if (text.equals("none")) {
      return null;
    }
    if (text.startsWith("chardev:")) {
      return text.substring("chardev:".length());
    }
    add(freshId, new Chardev(ChardevText.parseShort(option, text), new Spelling(option, text)));
    return freshId;
  }

  private void add(String id, Chardev chardev) {
    Chardev other = chardevs.get(id);
    if (other != null) {
      throw chardev.asked().refused("the id " + id + " is taken by " + other.asked());
    }
    Chardev terminal = chardev.config() instanceof ChardevConfig.Stdio ? terminal() : null;
    if (terminal != null) {
      throw chardev
          .asked()
          .refused(
              "standard input and output are taken by "
                  + terminal.asked()
                  + "; use pty, file or unix");
    }
    chardevs.put(id, chardev);
  }

  private @Nullable Chardev terminal() {
    for (Chardev chardev : chardevs.values()) {
      if (chardev.config() instanceof ChardevConfig.Stdio) {
        return chardev;
      }
    }
    return null;
  }

  /** How each character device was asked for. */
  Map<String, Spelling> spellings() {
    Map<String, Spelling> spellings = new HashMap<>();
    chardevs.forEach((id, chardev) -> spellings.put(id, chardev.asked()));
    return spellings;
  }

  /**
   * Settles who speaks to whom.
   *
   * @param further devices that no {@code -device} asked for
   */
  ConnectionPlan plan(BoardConfig board, List<DeviceConfig> further) {
    ConnectionPlan plan = new ConnectionPlan();
    chardevs.forEach((id, chardev) -> plan.offer(id, chardev.config()));
    for (int i = 0; i < ports.size(); i++) {
      Port port = ports.get(i);
      if (port.chardev() != null) {
        plan.serial(i + 1, port.chardev(), "serial", port.value());
      }
    }
    devices.forEach(device -> plan.device(withGlobals(device)));
    further.forEach(device -> plan.device(withGlobals(device)));
    SerialBus.plan(plan.devices());
    if (!noDefaults && ports.isEmpty() && plan.serials().isEmpty() && board.serial()) {
      plan.defaultSerial(defaultSerial());
    }
    if (!plan.serials().isEmpty() && !board.serial()) {
      throw new ConfigException(
          "machine", board.type().text() + ",serial=off: but a serial port is asked for");
    }
    return plan;
  }

  private DeviceConfig withGlobals(DeviceConfig device) {
    Map<String, String> properties = new HashMap<>();
    for (Global global : globals) {
      if (global.device().equals(device.type())) {
        properties.put(global.property(), global.value());
      }
    }
    if (properties.isEmpty()) {
      return device;
    }
    properties.putAll(device.properties());
    return new DeviceConfig(device.type(), properties);
  }
}

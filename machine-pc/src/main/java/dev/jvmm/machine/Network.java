package dev.jvmm.machine;

import dev.jvmm.core.text.Suggestion;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.NetTypes;
import dev.jvmm.machine.catalog.NetdevText;
import dev.jvmm.machine.net.NetdevConfig;
import dev.jvmm.machine.net.NetworkConfig;
import dev.jvmm.machine.net.NicConfig;
import dev.jvmm.virtio.net.MacAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The networks as they are said, and which device has which: each of both once.
 *
 * <p>Thread: confined.
 */
final class Network {

  /** 52:54:00:12:34:56, QEMU's first; the next ones count on. */
  private static final MacAddress FIRST_MAC = new MacAddress(0x5634_1200_5452L);

  private static final long LAST_OCTET_UNIT = 1L << (8 * (MacAddress.BYTES - 1));
  private static final long LAST_OCTET = 0xFF * LAST_OCTET_UNIT;
  private static final List<String> MODELS = List.of("virtio", "virtio-net"); // on either board

  private final Map<String, NetdevConfig> netdevs = new LinkedHashMap<>();
  private final List<NetdevConfig> whole = new ArrayList<>(); // with a device

  void netdev(String text) {
    netdev(NetdevText.parse(text));
  }

  void netdev(NetdevConfig netdev) {
    if (netdev.id() == null) {
      whole.add(netdev);
      return;
    }
    NetdevConfig other = netdevs.putIfAbsent(netdev.id(), netdev);
    if (other != null) {
      throw asked(netdev).refused("the id " + netdev.id() + " is taken by " + asked(other));
    }
  }

  /** {@code -nic}; {@code none} is what there is anyway. */
  void nic(String text) {
    if (!text.equals("none")) {
      whole.add(NetdevText.parseNic(text));
    }
  }

  private static Spelling asked(NetdevConfig netdev) {
    return netdev.tap().asked();
  }

  /** The networks that bring a device along, by the names that their devices know them by. */
  private Map<String, NetdevConfig> brought() {
    Map<String, NetdevConfig> brought = new LinkedHashMap<>();
    int next = 0;
    for (NetdevConfig netdev : whole) {
      while (netdevs.containsKey("net" + next)) {
        next++;
      }
      brought.put("net" + next++, netdev);
    }
    return brought;
  }

  /** The devices that networks bring along. */
  List<DeviceConfig> devices(BoardConfig board) {
    boolean mmio = board.type() == BoardConfig.Type.MICROVM;
    List<DeviceConfig> devices = new ArrayList<>();
    for (Map.Entry<String, NetdevConfig> brought : brought().entrySet()) {
      devices.add(device(brought.getKey(), brought.getValue(), mmio));
    }
    return devices;
  }

  private static DeviceConfig device(String id, NetdevConfig netdev, boolean mmio) {
    Map<String, String> properties = new HashMap<>(netdev.device());
    String model = properties.remove("model");
    properties.put("netdev", id);
    String usual = (mmio ? NetTypes.DEVICE : NetTypes.PCI).name();
    if (model == null || MODELS.contains(model)) {
      return new DeviceConfig(usual, properties);
    }
    if (!model.equals(NetTypes.PCI.name()) && !model.equals(NetTypes.DEVICE.name())) {
      throw asked(netdev).refused("there is no " + model + " here; say model=virtio");
    }
    return new DeviceConfig(model, properties);
  }

  /** Settles which device has which network, and each device's address. */
  NetworkConfig plan(List<DeviceConfig> devices) {
    Map<String, NetdevConfig> all = new LinkedHashMap<>(netdevs);
    all.putAll(brought());
    Map<String, Spelling> users = new LinkedHashMap<>();
    Map<String, Spelling> owners = new HashMap<>(); // of addresses
    List<DeviceProperties> cards = new ArrayList<>();
    for (DeviceConfig device : devices) {
      DeviceProperties properties = DeviceProperties.of(device);
      if (properties.type().property("netdev") != null) {
        cards.add(properties);
        use(properties, all, users);
        own(properties, owners);
      }
    }
    Map<String, NicConfig> nics = new LinkedHashMap<>();
    for (DeviceProperties card : cards) {
      String netdev = String.valueOf(card.text("netdev"));
      NetdevConfig config = all.get(netdev);
      if (config != null) {
        nics.put(netdev, new NicConfig(config.tap(), mac(card, owners)));
      }
    }
    List<String> warnings = new ArrayList<>();
    for (Map.Entry<String, NetdevConfig> netdev : all.entrySet()) {
      if (!users.containsKey(netdev.getKey())) {
        warnings.add(
            "%s: no device has it, and it is not opened; add -device virtio-net-pci,netdev=%s"
                .formatted(asked(netdev.getValue()), netdev.getKey()));
      }
    }
    return new NetworkConfig(nics, warnings);
  }

  private static Spelling asked(DeviceProperties card) {
    return new Spelling("device", card.spelled());
  }

  private static void use(
      DeviceProperties card, Map<String, NetdevConfig> all, Map<String, Spelling> users) {
    Spelling asked = asked(card);
    String netdev = card.text("netdev");
    if (netdev == null) {
      throw asked.refused("netdev is missing, add netdev=ID and -netdev tap,id=ID");
    }
    if (!all.containsKey(netdev)) {
      throw asked.refused(
          "no netdev "
              + netdev
              + (all.isEmpty()
                  ? "; add -netdev tap,id=" + netdev
                  : Suggestion.ending(netdev, all.keySet())));
    }
    Spelling user = users.put(netdev, asked);
    if (user != null) {
      throw asked.refused("netdev " + netdev + " is taken by " + user + "; each serves one device");
    }
  }

  private static void own(DeviceProperties card, Map<String, Spelling> owners) {
    String mac = card.text("mac");
    if (mac != null) {
      Spelling asked = asked(card);
      Spelling other = owners.put(MacAddress.parse(mac).toString(), asked);
      if (other != null) {
        throw asked.refused("the address " + mac + " is taken by " + other + "; give another");
      }
    }
  }

  private static MacAddress mac(DeviceProperties card, Map<String, Spelling> owners) {
    String said = card.text("mac");
    if (said != null) {
      return MacAddress.parse(said);
    }
    long others = FIRST_MAC.bits() & ~LAST_OCTET;
    for (long octet = FIRST_MAC.bits() & LAST_OCTET;
        octet <= LAST_OCTET;
        octet += LAST_OCTET_UNIT) {
      MacAddress mac = new MacAddress(others | octet);
      if (owners.putIfAbsent(mac.toString(), asked(card)) == null) {
        return mac;
      }
    }
    throw asked(card).refused("there is no address left; give one by mac=");
  }
}

package dev.jvmm.machine.catalog;

import static dev.jvmm.machine.catalog.Property.Kind.DUPLEX;
import static dev.jvmm.machine.catalog.Property.Kind.INT32;
import static dev.jvmm.machine.catalog.Property.Kind.MAC;
import static dev.jvmm.machine.catalog.Property.Kind.NETDEV;
import static dev.jvmm.machine.catalog.Property.Kind.SWITCH;
import static dev.jvmm.machine.catalog.Property.Kind.TEXT;
import static dev.jvmm.machine.catalog.Property.Kind.UINT16;

import dev.jvmm.machine.catalog.DeviceType.Category;
import dev.jvmm.virtio.net.NetFeatures;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The network devices that a user can ask for.
 *
 * <p>Thread: immutable.
 */
public final class NetTypes {

  private static final Map<String, Long> SWITCHES = switches();

  /** The network device on PCI. */
  public static final DeviceType PCI =
      VirtioTypes.pci("virtio-net", Category.NETWORK, "a network card", properties());

  /** The network device on MMIO. */
  public static final DeviceType DEVICE =
      VirtioTypes.mmio("virtio-net", Category.NETWORK, "a network card", properties());

  private NetTypes() {}

  private static Map<String, Long> switches() {
    Map<String, Long> switches = new LinkedHashMap<>();
    switches.put("csum", NetFeatures.CSUM);
    switches.put("guest_csum", NetFeatures.GUEST_CSUM);
    switches.put("host_tso4", NetFeatures.HOST_TSO4);
    switches.put("host_tso6", NetFeatures.HOST_TSO6);
    switches.put("host_ecn", NetFeatures.HOST_ECN);
    switches.put("guest_tso4", NetFeatures.GUEST_TSO4);
    switches.put("guest_tso6", NetFeatures.GUEST_TSO6);
    switches.put("guest_ecn", NetFeatures.GUEST_ECN);
    switches.put("mrg_rxbuf", NetFeatures.MRG_RXBUF);
    switches.put("status", NetFeatures.STATUS);
    switches.put("ctrl_vq", NetFeatures.CTRL_VQ);
    switches.put("ctrl_rx", NetFeatures.CTRL_RX);
    switches.put("ctrl_vlan", NetFeatures.CTRL_VLAN);
    switches.put("ctrl_rx_extra", NetFeatures.CTRL_RX_EXTRA);
    switches.put("ctrl_mac_addr", NetFeatures.CTRL_MAC_ADDR);
    switches.put("ctrl_guest_offloads", NetFeatures.CTRL_GUEST_OFFLOADS);
    switches.put("guest_announce", NetFeatures.GUEST_ANNOUNCE);
    return switches;
  }

  private static Property[] properties() {
    List<Property> properties = new ArrayList<>();
    properties.add(new Property("netdev", NETDEV, "", "the network, of -netdev id="));
    properties.add(new Property("mac", MAC, "", "its address; 52:54:00:12:34:56 and upwards"));
    properties.add(new Property("mq", SWITCH, "off", "as many pairs of queues as the network has"));
    properties.add(
        new Property("host_mtu", UINT16, "0", "the MTU that the guest is told; 0: none"));
    properties.add(new Property("speed", INT32, "", "Mbit/s that the guest is told; -1: none"));
    properties.add(new Property("duplex", DUPLEX, "", "half or full, as the guest is told"));
    properties.add(new Property("rx_queue_size", UINT16, "256", "entries: 256, 512 or 1024"));
    properties.add(new Property("tx_queue_size", UINT16, "256", "entries: 256, 512 or 1024"));
    for (String name :
        SWITCHES.keySet()) { // no lambda: the first one costs milliseconds of a start
      properties.add(new Property(name, SWITCH, "on", "offered to the guest"));
    }
    properties.add(new Property("bootindex", INT32, "", "accepted; nothing boots from a network"));
    properties.add(new Property("romfile", TEXT, "", "accepted; nothing boots from a network"));
    return properties.toArray(Property[]::new);
  }

  /** Which features a device offers, as far as its user has a say. */
  public static long features(DeviceProperties properties) {
    long features = NetFeatures.USUAL;
    for (Map.Entry<String, Long> feature : SWITCHES.entrySet()) {
      if (!properties.bool(feature.getKey())) {
        features &= ~feature.getValue();
      }
    }
    return features;
  }
}

package dev.jvmm.machine;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.NetTypes;
import dev.jvmm.machine.net.NetworkConfig;
import dev.jvmm.machine.net.NicConfig;
import dev.jvmm.virtio.net.NetBackend;
import dev.jvmm.virtio.net.NetConfig;
import dev.jvmm.virtio.net.VirtioNet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes the network devices in front of the machine's networks.
 *
 * <p>Thread: used by one thread before the machine runs; {@link #link} is safe after that.
 */
final class NetDevices {

  private static final String UNKNOWN = "-1"; // speed

  private final NetworkConfig config;
  private final Taps taps;
  private final GuestMemory memory;
  private final Map<String, VirtioNet> byName = new HashMap<>();

  /** None yet. */
  NetDevices(NetworkConfig config, Taps taps, GuestMemory memory) {
    this.config = config;
    this.taps = taps;
    this.memory = memory;
  }

  /** Makes one, to be worked on by the loop that its network was opened on. */
  VirtioNet make(DeviceProperties properties) {
    String netdev = String.valueOf(properties.text("netdev"));
    NicConfig nic = config.nics().get(netdev);
    if (nic == null) {
      throw new IllegalStateException("no netdev " + netdev);
    }
    NetBackend backend = taps.of(properties).backend(memory);
    VirtioNet model = new VirtioNet(config(properties, nic, backend), backend);
    byName.put(netdev, model);
    String id = properties.text(DeviceCatalog.ID);
    if (id != null) {
      byName.put(id, model);
    }
    return model;
  }

  private static NetConfig config(DeviceProperties properties, NicConfig nic, NetBackend backend) {
    String duplex = properties.text("duplex");
    String speed = properties.text("speed");
    try {
      return new NetConfig(
          nic.mac(),
          NetTypes.features(properties),
          properties.bool("mq") ? backend.maxPairs() : 1,
          new NetConfig.Link(
              properties.number("host_mtu", 0),
              speed == null || speed.equals(UNKNOWN) ? -1 : properties.number("speed", -1),
              duplex == null ? NetConfig.UNKNOWN_DUPLEX : duplex.equals("full") ? 1 : 0),
          properties.number("rx_queue_size", NetConfig.DEFAULT_QUEUE_SIZE),
          properties.number("tx_queue_size", NetConfig.DEFAULT_QUEUE_SIZE));
    } catch (ConfigException e) {
      throw new ConfigException("device", properties.spelled() + ": " + e.getMessage(), e);
    }
  }

  /** What the user should know: a sentence each. */
  List<String> warnings() {
    List<String> warnings = new ArrayList<>(config.warnings());
    warnings.addAll(taps.warnings());
    return warnings;
  }

  /**
   * Plugs a cable in or out.
   *
   * @param name the device's id, or its network's
   * @return whether there is such a device
   */
  boolean link(String name, boolean up) {
    VirtioNet device = byName.get(name);
    if (device != null) {
      device.link(up);
    }
    return device != null;
  }
}

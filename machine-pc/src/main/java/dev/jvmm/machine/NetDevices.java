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
import dev.jvmm.virtio.net.NetCounters;
import dev.jvmm.virtio.net.VirtioNet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ObjLongConsumer;

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
  private final Map<String, VirtioNet> byId = new HashMap<>();
  private final Map<String, VirtioNet> byNetdev = new HashMap<>();

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
    byNetdev.put(netdev, model);
    String id = properties.text(DeviceCatalog.ID);
    if (id != null) {
      byId.put(id, model);
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

  /** What did not go its way on each network, and how often. */
  void count(ObjLongConsumer<String> log) {
    for (Map.Entry<String, VirtioNet> device : byNetdev.entrySet()) {
      NetCounters.Numbers numbers = device.getValue().counters().numbers();
      String of = " of network " + device.getKey();
      log.accept("times that the driver had no buffers" + of, numbers.starved());
      log.accept("times that the host had no room" + of, numbers.blocked());
      log.accept("malformed requests" + of, numbers.malformed());
      log.accept("frames that the driver does not want" + of, numbers.filtered());
      log.accept("frames dropped on their way in" + of, numbers.receiveDropped());
      log.accept("frames dropped on their way out" + of, numbers.sendDropped());
      log.accept("reads that the host failed" + of, numbers.receiveLost());
      log.accept("frames that the host refused" + of, numbers.sendLost());
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
    VirtioNet device = byId.containsKey(name) ? byId.get(name) : byNetdev.get(name);
    if (device != null) {
      device.link(up);
    }
    return device != null;
  }
}

package dev.jvmm.machine;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.vhost.TapNetwork;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;

/**
 * The networks of a machine, opened: each once.
 *
 * <p>Thread: used by one thread, before the machine runs and once its devices are drained.
 */
final class Taps implements AutoCloseable {

  private final Map<String, TapNetwork> networks = new HashMap<>();
  private final Undo open = new Undo();

  /**
   * Opens what the devices of a machine name.
   *
   * @param loop moves the frames
   * @param notices takes lines for the user: which addresses there are
   * @throws dev.jvmm.core.vm.ConfigException if one can't be had; none is left open then
   */
  Taps(MachineConfig config, EventLoop loop, Consumer<String> notices) {
    boolean done = false;
    try {
      for (DeviceConfig device : config.devices()) {
        DeviceProperties properties = DeviceProperties.of(device);
        if (properties.type().property("netdev") != null) {
          open(config, properties, loop);
        }
      }
      done = true;
    } finally {
      if (!done) {
        close();
      }
    }
    for (TapNetwork network : networks.values()) {
      String notice = network.notice();
      if (notice != null) {
        notices.accept(notice);
      }
    }
  }

  private void open(MachineConfig config, DeviceProperties properties, EventLoop loop) {
    String id = String.valueOf(properties.text("netdev"));
    var nic = config.network().nics().get(id);
    if (nic == null) {
      throw new IllegalStateException("no netdev " + id);
    }
    TapNetwork network = TapNetwork.open(nic.tap(), loop);
    open.add(network::close);
    networks.put(id, network);
    int mtu = properties.number("host_mtu", 0);
    if (mtu != 0) {
      network.mtu(mtu);
    }
  }

  /** The network of a device. */
  TapNetwork of(DeviceProperties properties) {
    TapNetwork network = networks.get(String.valueOf(properties.text("netdev")));
    if (network == null) {
      throw new IllegalStateException("no network for " + properties.spelled());
    }
    return network;
  }

  /** What the user should know: a sentence each. */
  List<String> warnings() {
    return networks.values().stream().map(TapNetwork::warning).filter(Objects::nonNull).toList();
  }

  /** Removes what was made for them. */
  @Override
  public void close() {
    open.close();
  }
}

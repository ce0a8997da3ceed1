package dev.jvmm.virtio.console;

import dev.jvmm.core.vm.ConfigException;
import java.util.BitSet;
import java.util.List;

/**
 * What a user says of a console device.
 *
 * <p>Thread: immutable.
 *
 * @param maxPorts how many ports there can be, 1 to {@link #MAX_PORTS}; with 1 there are no control
 *     queues, and the guest takes what is there for a console
 * @param ports those that there are
 */
public record ConsoleConfig(int maxPorts, List<PortConfig> ports) {

  /** The most ports, as QEMU has it; each has two queues. */
  public static final int MAX_PORTS = 31;

  /** Copies the list; refuses two ports of one number, and those that there is no room for. */
  public ConsoleConfig {
    if (maxPorts < 1 || maxPorts > MAX_PORTS) {
      throw new ConfigException("max_ports", maxPorts + ": give 1 to " + MAX_PORTS);
    }
    ports = List.copyOf(ports);
    BitSet taken = new BitSet();
    for (PortConfig port : ports) {
      if (port.number() >= maxPorts) {
        throw new ConfigException(
            "nr", port.number() + ": the device has " + maxPorts + " ports, numbered from 0");
      }
      if (taken.get(port.number())) {
        throw new ConfigException("nr", port.number() + ": is taken; choose another number");
      }
      taken.set(port.number());
    }
  }

  /** Whether there are control queues and ports besides number 0. */
  public boolean multiport() {
    return maxPorts > 1;
  }
}

package dev.jvmm.machine;

import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.virtio.console.PortConfig;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the guest's streams that lead into this program by what an embedder calls them. They are
 * looked for when they are asked for: most machines have one, and a command has none.
 *
 * <p>Thread: safe; what it looks at does not change.
 */
final class ProgramStreams {

  private final MachineConfig config;
  private final StreamDevices streams;

  ProgramStreams(MachineConfig config, StreamDevices streams) {
    this.config = config;
    this.streams = streams;
  }

  /** By the id of the character device. */
  @Nullable GuestStream stream(String id) {
    return streams.stream(id);
  }

  /** The first serial port's, or else the first console's of virtio. */
  @Nullable GuestStream console() {
    List<SerialConfig> serials =
        config.serials().stream().sorted(Comparator.comparingInt(SerialConfig::port)).toList();
    for (SerialConfig serial : serials) {
      GuestStream stream = stream(serial.chardev());
      if (stream != null) {
        return stream;
      }
    }
    return find(PortConfig::console);
  }

  /** A port's of virtio-serial, by its name. */
  @Nullable GuestStream port(String name) {
    return find(port -> !port.console() && port.name().equals(name));
  }

  /** Which port is meant. */
  private interface Wanted {
    boolean is(PortConfig port);
  }

  private @Nullable GuestStream find(Wanted wanted) {
    for (SerialBus bus : SerialBus.plan(config.devices())) {
      for (PortConfig port : bus.config().ports()) {
        String chardev = bus.chardevs().get(port.number());
        GuestStream stream = wanted.is(port) && chardev != null ? stream(chardev) : null;
        if (stream != null) {
          return stream;
        }
      }
    }
    return null;
  }
}

package dev.jvmm.machine;

import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.DeviceType;
import dev.jvmm.machine.legacy.DebugExit;
import dev.jvmm.machine.legacy.Debugcon;
import dev.jvmm.machine.virtio.VirtioKind;
import java.util.List;
import java.util.Objects;

/** Makes the devices that the user asked for from their entries in the catalog. */
final class UserDevices {

  private final Board board;
  private final GuestRequests requests;
  private final StreamDevices streams;
  private final VirtioDevices virtio;

  /** Makes nothing yet. */
  UserDevices(Board board, GuestRequests requests, StreamDevices streams, VirtioDevices virtio) {
    this.board = board;
    this.requests = requests;
    this.streams = streams;
    this.virtio = virtio;
  }

  /**
   * Puts them on the board, in the user's order.
   *
   * @throws dev.jvmm.core.vm.ConfigException if one is not known, or its place is taken
   */
  void add(List<DeviceConfig> devices) {
    for (DeviceConfig device : devices) {
      DeviceProperties properties = DeviceProperties.of(device);
      DeviceType type = properties.type();
      if (type.equals(DeviceCatalog.ISA_DEBUG_EXIT)) {
        addDebugExit(properties);
      } else if (type.equals(DeviceCatalog.ISA_DEBUGCON)) {
        streams.addDebugcon(
            debugcon(properties), Objects.requireNonNull(properties.text("chardev")));
      } else if (VirtioKind.named(type.name()) != null) {
        virtio.add(properties);
      } else if (!SerialBus.isPort(type)) { // a serial port has become one of the configuration's
        throw new IllegalStateException("the catalog has " + type.name() + ", the machine not");
      }
    }
  }

  private void addDebugExit(DeviceProperties properties) {
    DebugExit.Config place =
        new DebugExit.Config(
            properties.number("iobase", DebugExit.Config.DEFAULT.iobase()),
            properties.number("iosize", DebugExit.Config.DEFAULT.iosize()));
    board.userDevice(
        "isa-debug-exit", place.iobase(), place.iosize(), new DebugExit(requests::exit));
  }

  private static Debugcon.Config debugcon(DeviceProperties properties) {
    return new Debugcon.Config(
        properties.number("iobase", Debugcon.Config.DEFAULT.iobase()),
        properties.number("readback", Debugcon.Config.DEFAULT.readback()));
  }
}

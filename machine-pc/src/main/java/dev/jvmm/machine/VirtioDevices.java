package dev.jvmm.machine;

import dev.jvmm.core.chardev.Chardev;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.Balloon;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.virtio.VirtioKind;
import dev.jvmm.machine.virtio.VirtioSlots;
import dev.jvmm.virtio.balloon.BalloonConfig;
import dev.jvmm.virtio.balloon.VirtioBalloon;
import dev.jvmm.virtio.console.VirtioConsole;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.net.VirtioNet;
import dev.jvmm.virtio.rng.EntropySource;
import dev.jvmm.virtio.rng.RngConfig;
import dev.jvmm.virtio.rng.VirtioRng;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes the virtio devices of a machine, each with what it has on the host.
 *
 * <p>Thread: as {@link VirtioSlots}.
 */
final class VirtioDevices implements AutoCloseable {

  private final VirtioSlots slots;
  private final HostSide host;
  private final EventLoop loop; // of those that have no other
  private final EntropySources entropy;
  private final Iterator<SerialBus> serialBuses;
  private final GuestMemory memory;
  private final VsockDevices vsocks;
  private @Nullable VirtioBalloon balloon;

  /**
   * None yet.
   *
   * @param slots where they go
   * @param host has what they are connected to
   * @param memory the guest's
   */
  VirtioDevices(VirtioSlots slots, MachineConfig config, HostSide host, GuestMemory memory) {
    this.slots = slots;
    this.host = host;
    this.loop = host.loops().usual();
    this.entropy = new EntropySources(config.storage().objects(), loop);
    this.serialBuses = SerialBus.plan(config.devices()).iterator();
    this.memory = memory;
    this.vsocks = new VsockDevices(memory, loop);
  }

  /**
   * What devices have behind them.
   *
   * @param loops work on their queues
   * @param clock the machine's
   * @param streams has the host ends of ports
   * @param blocks makes the devices that have disks
   * @param nets makes the devices that have networks
   */
  record HostSide(
      IoThreads loops, Clock clock, StreamDevices streams, BlockDevices blocks, NetDevices nets) {}

  /**
   * Plugs one in.
   *
   * @throws dev.jvmm.core.vm.ConfigException if it can't go where the user wants it, or the host
   *     lacks what it needs
   */
  void add(DeviceProperties properties) {
    VirtioKind kind = Objects.requireNonNull(VirtioKind.named(properties.type().name()));
    switch (kind) {
      case ENTROPY -> addRng(properties);
      case CONSOLE -> addConsole(properties);
      case BALLOON -> addBalloon(properties);
      case BLOCK ->
          slots.plug(properties, host.blocks().make(properties), host.loops().of(properties));
      case NET -> addNet(properties);
      case VSOCK -> slots.plug(properties, vsocks.make(properties), loop);
    }
  }

  private void addNet(DeviceProperties properties) {
    VirtioNet model = host.nets().make(properties);
    VirtioDevice device = slots.plug(properties, model, loop);
    model.configChanges(device::changeConfig);
  }

  private void addRng(DeviceProperties properties) {
    RngConfig config =
        new RngConfig(
            properties.longNumber("max-bytes", RngConfig.UNLIMITED.maxBytes()),
            properties.longNumber("period", RngConfig.UNLIMITED.periodMillis()));
    EntropySource source = entropy.named(properties.text("rng"));
    slots.plug(properties, new VirtioRng(config, source, host.clock()), loop);
  }

  private void addConsole(DeviceProperties properties) {
    SerialBus bus = serialBuses.next(); // they are in the order of their devices
    Map<Integer, Chardev> hostEnds = new HashMap<>();
    bus.chardevs()
        .forEach((number, chardev) -> hostEnds.put(number, host.streams().hostEnd(chardev)));
    VirtioConsole console = new VirtioConsole(bus.config(), hostEnds, host.clock());
    VirtioDevice device = slots.plug(properties, console, loop);
    console.configChanges(device::changeConfig);
    hostEnds.forEach(
        (number, hostEnd) -> host.streams().connect(hostEnd, console.frontend(number)));
  }

  private void addBalloon(DeviceProperties properties) {
    if (balloon != null) {
      throw new ConfigException(
          "device", properties.spelled() + ": a machine has one balloon; leave this one out");
    }
    BalloonConfig config =
        new BalloonConfig(
            properties.bool("deflate-on-oom"),
            properties.bool("free-page-reporting"),
            properties.number("guest-stats-polling-interval", 0));
    VirtioBalloon made = new VirtioBalloon(config, memory, host.clock());
    VirtioDevice device = slots.plug(properties, made, loop);
    made.configChanges(device::changeConfig);
    balloon = made;
  }

  /** The machine's balloon, if it has one. */
  @Nullable Balloon balloon() {
    return balloon;
  }

  /** What the DSDT says of them. */
  List<DsdtDevice> announced() {
    return slots.announced();
  }

  /** The devices first, then what they have on the host. */
  @Override
  public void close() {
    try (entropy;
        vsocks) {
      slots.close();
    }
  }
}

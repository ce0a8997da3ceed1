package dev.jvmm.machine;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.virtio.BuiltinEntropy;
import dev.jvmm.machine.virtio.VirtioKind;
import dev.jvmm.machine.virtio.VirtioSlots;
import dev.jvmm.virtio.rng.RngConfig;
import dev.jvmm.virtio.rng.VirtioRng;
import java.util.List;
import java.util.Objects;

/**
 * Makes the virtio devices of a machine, each with what it has on the host.
 *
 * <p>Thread: as {@link VirtioSlots}.
 */
final class VirtioDevices implements AutoCloseable {

  private final VirtioSlots slots;
  private final EventLoop loop;
  private final Clock clock;
  private final Undo hostEnds = new Undo();

  /**
   * None yet.
   *
   * @param slots where they go
   * @param loop works on their queues, where the user names no other
   */
  VirtioDevices(VirtioSlots slots, EventLoop loop, Clock clock) {
    this.slots = slots;
    this.loop = loop;
    this.clock = clock;
  }

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
      case NET, BLOCK, CONSOLE, BALLOON ->
          throw new IllegalStateException("the catalog has " + kind + ", the machine not");
    }
  }

  private void addRng(DeviceProperties properties) {
    RngConfig config =
        new RngConfig(
            properties.longNumber("max-bytes", RngConfig.UNLIMITED.maxBytes()),
            properties.longNumber("period", RngConfig.UNLIMITED.periodMillis()));
    slots.plug(properties, new VirtioRng(config, new BuiltinEntropy(), clock), loop);
  }

  /** What the DSDT says of them. */
  List<DsdtDevice> announced() {
    return slots.announced();
  }

  /** The devices first, then what they have on the host. */
  @Override
  public void close() {
    try (hostEnds) {
      slots.close();
    }
  }
}

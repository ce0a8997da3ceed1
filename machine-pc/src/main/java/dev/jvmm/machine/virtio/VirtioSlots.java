package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.VirtioDevice;
import java.util.List;
import java.util.function.Consumer;

/**
 * Where a machine's virtio devices go: on its PCI bus, or at the places of a microvm.
 *
 * <p>Thread: used by one thread, before the machine runs and once its vCPUs have been joined.
 */
public interface VirtioSlots extends AutoCloseable {

  /**
   * What every device is connected to, wherever it goes.
   *
   * @param machine its name
   * @param memory the guest's
   * @param doorbells hear the guest's notifications
   * @param resettables is told of what a system reset resets
   */
  record Wiring(
      String machine, GuestMemory memory, Doorbells doorbells, Consumer<Resettable> resettables) {}

  /**
   * Plugs a device in.
   *
   * @param properties its place and whatever else every virtio device has
   * @param model what it does
   * @param loop whose thread works on its queues
   * @return the device, for models that change their configuration
   * @throws dev.jvmm.core.vm.ConfigException if it can't go where the user wants it
   */
  VirtioDevice plug(DeviceProperties properties, DeviceModel model, EventLoop loop);

  /** What the DSDT says of them. */
  List<DsdtDevice> announced();

  /** Waits until no device has I/O in flight; the loops that they work on still run. */
  @Override
  void close();
}

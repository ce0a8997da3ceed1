package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.Signal;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.pci.Bar;
import dev.jvmm.machine.pci.Msix;
import dev.jvmm.machine.pci.PciFunction;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.LegacyDriver;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.pci.LegacyRegisters;
import dev.jvmm.virtio.pci.Messages;
import dev.jvmm.virtio.pci.VirtioPci;
import dev.jvmm.virtio.pci.VirtioPciInterrupts;
import org.jspecify.annotations.Nullable;

/**
 * What makes a PCI function a virtio device: the structures in BAR 4, MSI-X in BAR 1, for a
 * transitional one the legacy interface in BAR 0, the capabilities that lead there, and doorbells.
 *
 * <p>A function that may not use the bus (command register, bus master) sends no messages. Its
 * queues are the driver's matter alone, by status and reset.
 *
 * <p>Thread: as {@link VirtioSlots}.
 *
 * @param function has its identity and nothing else
 * @param plugged the machine's devices
 * @param vectors how many there are; without any there is no MSI-X
 * @param transitional whether drivers of virtio 0.9.5 can use it
 */
record FunctionPlug(
    PciFunction.Builder function, Plugged plugged, int vectors, boolean transitional) {

  private static final int LEGACY_BAR = 0;
  private static final int MSIX_BAR = 1;
  private static final int MODERN_BAR = 4;

  private static final int LEGACY_NOTIFY_BYTES = 2;

  VirtioDevice plug(DeviceProperties properties, DeviceModel model, EventLoop loop) {
    Messages messages = vectors == 0 ? Messages.NONE : new ByMsix(function.msix(MSIX_BAR, vectors));
    int queues = model.queues().size();
    VirtioPciInterrupts interrupts = new VirtioPciInterrupts(queues, messages, function.intx());
    VirtioDevice device = plugged.device(properties, model, loop, interrupts);
    for (int i = 0; i < queues; i++) {
      QueueCarrier carrier = QueueDoorbells.carrier(model, i);
      if (carrier != null) {
        interrupts.tell(i, carrier);
      }
    }

    VirtioPci registers = new VirtioPci(device, interrupts);
    function.capability(new ConfigAccess(MODERN_BAR, VirtioPci.BAR_BYTES, registers));
    for (VirtioPci.Structure structure : VirtioPci.Structure.values()) {
      function.capability(new VirtioCapability(structure, MODERN_BAR));
    }
    QueueDoorbells doorbells =
        plugged.doorbells(
            properties,
            queues,
            loop,
            QueueDoorbells.Wish.of(FunctionPlug::notifyPlace, model, device));
    function.bar(Bar.memory64(MODERN_BAR, VirtioPci.BAR_BYTES, registers).tell(doorbells));
    if (transitional) {
      addLegacy(properties, device, interrupts, loop);
    }
    function.build();
    plugged.wiring().resettables().accept(registers);
    return device;
  }

  private void addLegacy(
      DeviceProperties properties,
      VirtioDevice device,
      VirtioPciInterrupts interrupts,
      EventLoop loop) {
    LegacyDriver driver = new LegacyDriver(device);
    LegacyRegisters registers = new LegacyRegisters(device, interrupts);
    QueueDoorbells doorbells =
        plugged.doorbells(
            properties,
            device.queueCount(),
            loop,
            new QueueDoorbells.Wish(
                FunctionPlug::legacyNotifyPlace, driver::notifyQueue, queue -> null));
    function.bar(Bar.ports(LEGACY_BAR, LegacyRegisters.BAR_BYTES, registers).tell(doorbells));
    plugged.wiring().resettables().accept(registers);
  }

  private static Doorbell.Place notifyPlace(long base, int queue) {
    return Doorbell.Place.memory(
        base + VirtioPci.Structure.NOTIFY.offset() + (long) VirtioPci.NOTIFY_MULTIPLIER * queue);
  }

  private static Doorbell.Place legacyNotifyPlace(long base, int queue) {
    return Doorbell.Place.port(
        (int) base + LegacyRegisters.QUEUE_NOTIFY, LEGACY_NOTIFY_BYTES, queue);
  }

  /** The vectors as the transport sees them. */
  private record ByMsix(Msix msix) implements Messages {

    @Override
    public boolean enabled() {
      return msix.enabled();
    }

    @Override
    public int vectors() {
      return msix.vectors();
    }

    @Override
    public void fire(int vector) {
      msix.fire(vector);
    }

    @Override
    public @Nullable Signal direct(int vector) {
      return msix.direct(vector);
    }

    @Override
    public void change(Runnable change) {
      msix.change(change);
    }

    @Override
    public void whenChanged(Runnable listener) {
      msix.whenChanged(listener);
    }
  }
}

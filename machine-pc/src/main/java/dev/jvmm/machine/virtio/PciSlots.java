package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.machine.pci.Msix;
import dev.jvmm.machine.pci.PciAddress;
import dev.jvmm.machine.pci.PciBus;
import dev.jvmm.machine.pci.PciFunction;
import dev.jvmm.machine.pci.PciIdentity;
import dev.jvmm.machine.pci.PciPlaces;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.pci.VirtioPci;
import java.util.List;

/**
 * Virtio devices as functions on the PCI bus.
 *
 * <p>Thread: as {@link VirtioSlots}.
 */
public final class PciSlots implements VirtioSlots {

  private static final int VENDOR = 0x1AF4;
  private static final int MODERN_ID = 0x1040;
  private static final int MODERN_REVISION = 1;
  private static final int TRANSITIONAL_REVISION = 0;
  private static final int SUBSYSTEM = 0x1100; // QEMU's, where nothing says more

  private final PciBus bus;
  private final PciPlaces places;
  private final Plugged plugged;

  /** The slots of a bus that has its chipset already. */
  public PciSlots(PciBus bus, Wiring wiring) {
    this.bus = bus;
    this.places = new PciPlaces(bus);
    this.plugged = new Plugged(wiring);
  }

  /** The places of the bus, for whatever else is put there. */
  public PciPlaces places() {
    return places;
  }

  @Override
  public VirtioDevice plug(DeviceProperties properties, DeviceModel model, EventLoop loop) {
    if (!properties.type().bus().equals(VirtioTypes.PCI)) {
      throw error(properties, "this machine has no virtio-mmio; use the name that ends in -pci");
    }
    if (properties.bool("disable-modern")) {
      throw error(properties, "disable-modern=on: virtio 1 is always there; leave that out");
    }
    int queues = model.queues().size();
    if (queues > VirtioPci.MAX_QUEUES) {
      throw error(properties, queues + " queues are too many, " + VirtioPci.MAX_QUEUES + " go");
    }
    int vectors = vectors(properties, queues);
    boolean transitional = "off".equals(properties.text("disable-legacy"));
    PciFunction.Builder function = function(properties, model.deviceId(), transitional);
    return new FunctionPlug(function, plugged, vectors, transitional).plug(properties, model, loop);
  }

  private PciFunction.Builder function(
      DeviceProperties properties, int deviceId, boolean transitional) {
    boolean multifunction = properties.bool("multifunction");
    PciAddress place =
        places.take(
            new PciPlaces.Wish(
                properties.spelled(),
                properties.text("bus"),
                properties.text("addr"),
                multifunction));
    PciFunction.Builder function = bus.function(place, identity(deviceId, transitional));
    return multifunction ? function.multifunction() : function;
  }

  private static PciIdentity identity(int deviceId, boolean transitional) {
    VirtioKind kind = VirtioKind.of(deviceId);
    return transitional
        ? new PciIdentity(
            VENDOR,
            kind.transitionalId(),
            TRANSITIONAL_REVISION,
            kind.classCode(),
            VENDOR,
            deviceId)
        : new PciIdentity(
            VENDOR, MODERN_ID + deviceId, MODERN_REVISION, kind.classCode(), VENDOR, SUBSYSTEM);
  }

  /** One for each queue and one for the configuration, where the user says nothing. */
  private static int vectors(DeviceProperties properties, int queues) {
    long vectors = properties.longNumber("vectors", Math.min(queues + 1, Msix.MAX_VECTORS));
    if (vectors > Msix.MAX_VECTORS) {
      throw error(properties, "MSI-X has at most " + Msix.MAX_VECTORS + " vectors; give less");
    }
    return (int) vectors;
  }

  private static ConfigException error(DeviceProperties properties, String what) {
    return new ConfigException("device", properties.spelled() + ": " + what);
  }

  /** ACPI announces the bus; what is on it the guest finds by itself. */
  @Override
  public List<DsdtDevice> announced() {
    return List.of();
  }

  @Override
  public void close() {
    plugged.close();
  }
}

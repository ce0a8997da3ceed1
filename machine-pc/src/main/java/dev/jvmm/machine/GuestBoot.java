package dev.jvmm.machine;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.machine.acpi.AcpiTables;
import dev.jvmm.machine.boot.BootImage;
import dev.jvmm.machine.boot.BootModule;
import dev.jvmm.machine.boot.BootRequest;
import dev.jvmm.machine.boot.DefaultGuest;
import dev.jvmm.machine.boot.MemoryMap;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceType;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.machine.virtio.MmioPlaces;
import dev.jvmm.machine.virtio.VirtioKind;
import dev.jvmm.vcpu.EntryState;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * What a machine starts with, found and checked before there is a VM, and loaded at each start.
 *
 * <p>Thread: used by one thread at a time.
 */
final class GuestBoot implements AutoCloseable {

  private final BootImage image;
  private final BootRequest request;

  private GuestBoot(BootImage image, BootRequest request) {
    this.image = image;
    this.request = request;
  }

  /**
   * Opens what boots.
   *
   * @param notices is told of the default guest
   * @throws dev.jvmm.core.vm.ConfigException for everything that a user can get wrong with it
   */
  static GuestBoot prepare(MachineConfig config, Consumer<String> notices) {
    // No switch over the types: the JVM makes the code of such a switch anew at every start.
    if (config.boot() instanceof BootConfig.Kernel kernel) {
      return prepareKernel(config, kernel);
    }
    return prepareDefaultGuest(config, (BootConfig.DefaultGuest) config.boot(), notices);
  }

  private static GuestBoot prepareKernel(MachineConfig config, BootConfig.Kernel kernel) {
    BootImage image = BootImage.open(kernel.kernel());
    return checked(
        image,
        config,
        () -> kernel.initrd() == null ? List.of() : image.modules(kernel.initrd()),
        kernel.commandLine());
  }

  /** What the machine itself adds to a kernel's command line. */
  static String withDevices(MachineConfig config, String commandLine) {
    if (config.board().type() != BoardConfig.Type.MICROVM) {
      return commandLine;
    }
    int count = 0;
    for (DeviceConfig device : config.devices()) {
      DeviceType type = DeviceCatalog.find(device.type());
      if (type != null && type.bus().equals(VirtioTypes.MMIO)) {
        count++;
      }
    }
    MmioPlaces places = new MmioPlaces(config.board().acpi());
    return (commandLine + " " + places.commandLine(count)).strip();
  }

  private static GuestBoot prepareDefaultGuest(
      MachineConfig config, BootConfig.DefaultGuest guest, Consumer<String> notices) {
    DefaultGuest parts = DefaultGuest.find(drivers(config), System.getenv());
    GuestBoot boot =
        checked(
            BootImage.open(parts.kernel()),
            config,
            () -> List.of(new BootModule(parts.initrd(), "")),
            (parts.commandLine(consoleOf(config)) + " " + guest.commandLine()).strip());
    notices.accept(parts.announcement());
    return boot;
  }

  /** The first serial port, unless a virtio console is all that leads anywhere. */
  static String consoleOf(MachineConfig config) {
    boolean heard =
        config.serials().stream()
            .anyMatch(
                port -> !(config.chardevs().get(port.chardev()) instanceof ChardevConfig.Null));
    return !heard && SerialBus.hasConsole(config.devices()) ? "hvc0" : "ttyS0";
  }

  /** Drivers that a distribution's kernel has as modules. */
  static List<String> drivers(MachineConfig config) {
    Set<String> drivers = new LinkedHashSet<>();
    if (config.board().acpi()) {
      drivers.add("button");
      drivers.add("evdev");
    }
    boolean pci = config.board().type() == BoardConfig.Type.PC;
    for (DeviceConfig device : config.devices()) {
      VirtioKind kind = VirtioKind.named(device.type());
      if (kind != null) {
        drivers.add(pci ? "virtio_pci" : "virtio_mmio");
        drivers.add(kind.driver());
      }
    }
    return List.copyOf(drivers);
  }

  private static GuestBoot checked(
      BootImage image,
      MachineConfig config,
      Supplier<List<BootModule>> modules,
      String commandLine) {
    try (Undo undo = new Undo()) {
      undo.add(image::close);
      long rsdp = config.board().acpi() ? AcpiTables.GPA : 0;
      BootRequest request =
          new BootRequest(
              modules.get(),
              withDevices(config, commandLine),
              MemoryMap.of(config.memory().sizeBytes()).e820(),
              rsdp);
      undo.add(() -> closeModules(request));
      image.check(request);
      undo.forget();
      return new GuestBoot(image, request);
    }
  }

  /** Writes kernel and modules into RAM and says how the boot processor starts. */
  EntryState load(GuestMemory memory) {
    return image.load(memory, request);
  }

  private static void closeModules(BootRequest request) {
    request.modules().forEach(module -> module.payload().close());
  }

  @Override
  public void close() {
    closeModules(request);
    image.close();
  }
}

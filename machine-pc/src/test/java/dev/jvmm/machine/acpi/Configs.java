package dev.jvmm.machine.acpi;

import dev.jvmm.machine.fwcfg.FwCfgDsdt;
import dev.jvmm.machine.pci.PciDsdt;
import dev.jvmm.machine.pci.PciWindows;
import java.util.ArrayList;
import java.util.List;

/** Machines that the tests describe. */
final class Configs {

  static final IsaDevices ALL_ISA =
      new IsaDevices(
          List.of(
              new IsaDevices.ComPort(1, 0x3F8, 4),
              new IsaDevices.ComPort(2, 0x2F8, 3),
              new IsaDevices.ComPort(3, 0x3E8, 4),
              new IsaDevices.ComPort(4, 0x2E8, 3)),
          true,
          true,
          true,
          true);

  static final IsaDevices NO_ISA = new IsaDevices(List.of(), false, false, false, false);

  private Configs() {}

  /** CPUs 0 to {@code count} - 1, the first {@code enabled} of them there. */
  static List<AcpiConfig.Cpu> cpus(int count, int enabled) {
    List<AcpiConfig.Cpu> cpus = new ArrayList<>();
    for (int id = 0; id < count; id++) {
      cpus.add(new AcpiConfig.Cpu(id, id < enabled));
    }
    return cpus;
  }

  static AcpiConfig pc(int count) {
    return pc(count, PciWindows.above(1L << 30, 40));
  }

  /** A pc whose BARs may be in these windows. */
  static AcpiConfig pc(int count, PciWindows windows) {
    return new AcpiConfig(
        cpus(count, count),
        AcpiPmConfig.PC,
        ALL_ISA,
        List.of(new PciDsdt(windows), new FwCfgDsdt()));
  }

  static AcpiConfig microvm(IsaDevices isa) {
    return new AcpiConfig(
        cpus(2, 2),
        ReducedHardware.MICROVM,
        isa,
        List.of(
            new VirtioMmioWindow(0, 0xFEB0_0000L, 0x200, 5),
            new VirtioMmioWindow(0x1F, 0xFEB0_3E00L, 0x200, 23)));
  }
}

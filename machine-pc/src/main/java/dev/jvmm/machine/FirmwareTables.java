package dev.jvmm.machine;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.machine.acpi.AcpiConfig;
import dev.jvmm.machine.acpi.AcpiPlatform;
import dev.jvmm.machine.acpi.AcpiPmConfig;
import dev.jvmm.machine.acpi.AcpiTables;
import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.acpi.GedConfig;
import dev.jvmm.machine.acpi.IsaDevices;
import dev.jvmm.machine.acpi.ReducedHardware;
import dev.jvmm.machine.boot.MemoryMap;
import dev.jvmm.machine.fwcfg.FwCfgDsdt;
import dev.jvmm.machine.legacy.ComPort;
import dev.jvmm.machine.mp.MpConfig;
import dev.jvmm.machine.mp.MpTable;
import dev.jvmm.machine.pci.PciDsdt;
import dev.jvmm.machine.pci.PciPins;
import dev.jvmm.machine.pci.PciWindows;
import dev.jvmm.machine.smbios.SmbiosConfig;
import dev.jvmm.machine.smbios.SmbiosTables;
import dev.jvmm.machine.virtio.MmioPlaces;
import dev.jvmm.vcpu.VcpuSet;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The ACPI, SMBIOS and multiprocessor tables of a machine, as they lie in its memory: what firmware
 * would have left there.
 *
 * <p>Thread: immutable.
 */
final class FirmwareTables {

  private final @Nullable AcpiTables acpi;
  private final SmbiosTables smbios;
  private final MpTable mp;

  /**
   * Describes a machine.
   *
   * @param comPorts those that are there
   * @param announced the devices that a guest can't find by itself
   * @param vcpus its CPUs
   */
  FirmwareTables(
      MachineConfig config, List<ComPort> comPorts, List<DsdtDevice> announced, VcpuSet vcpus) {
    acpi =
        config.board().acpi()
            ? AcpiTables.build(acpiConfig(config, comPorts, devices(config, announced, vcpus)))
            : null;
    smbios = SmbiosTables.build(smbiosConfig(config, vcpus.signature()));
    mp = MpTable.build(mpConfig(config, vcpus.signature()));
  }

  /** The address of ACPI's root pointer, 0 where there is no ACPI. */
  long rsdpGpa() {
    return acpi == null ? 0 : acpi.rsdpGpa();
  }

  /** Writes them; again after each reset, since the guest may have used the memory otherwise. */
  void load(GuestMemory memory) {
    if (acpi != null) {
      memory.write(AcpiTables.GPA, acpi.image());
    }
    memory.write(SmbiosTables.GPA, smbios.image());
    memory.write(MpTable.GPA, mp.image());
    ResetVector.load(memory);
  }

  private static AcpiConfig acpiConfig(
      MachineConfig config, List<ComPort> comPorts, List<DsdtDevice> devices) {
    BoardConfig board = config.board();
    boolean pc = board.type() == BoardConfig.Type.PC;
    AcpiPlatform platform =
        pc ? AcpiPmConfig.PC : new ReducedHardware(GedConfig.MICROVM, LegacyDevices.SLEEP_PORT);
    return new AcpiConfig(
        cpus(config.topology()),
        platform,
        new IsaDevices(isaPorts(comPorts), board.rtc(), pc, board.pic(), board.pit()),
        devices);
  }

  private static List<DsdtDevice> devices(
      MachineConfig config, List<DsdtDevice> announced, VcpuSet vcpus) {
    List<DsdtDevice> devices = new ArrayList<>();
    if (config.board().type() == BoardConfig.Type.PC) {
      devices.add(pciRoot(config, vcpus.physBits()));
    }
    devices.add(new FwCfgDsdt());
    devices.addAll(announced);
    return devices;
  }

  private static DsdtDevice pciRoot(MachineConfig config, int physBits) {
    long ramEnd = MemoryMap.of(config.memory().sizeBytes()).end();
    return new PciDsdt(PciWindows.above(ramEnd, physBits));
  }

  private static List<AcpiConfig.Cpu> cpus(CpuTopology topology) {
    int[] ids = topology.possibleApicIds();
    List<AcpiConfig.Cpu> cpus = new ArrayList<>(ids.length);
    for (int i = 0; i < ids.length; i++) {
      cpus.add(new AcpiConfig.Cpu(ids[i], i < topology.cpus()));
    }
    return cpus;
  }

  private static List<IsaDevices.ComPort> isaPorts(List<ComPort> comPorts) {
    List<IsaDevices.ComPort> ports = new ArrayList<>(comPorts.size());
    for (ComPort port : comPorts) {
      ports.add(new IsaDevices.ComPort(port.number(), port.base(), port.irq()));
    }
    return ports;
  }

  private static MpConfig mpConfig(MachineConfig config, long cpuSignature) {
    boolean pc = config.board().type() == BoardConfig.Type.PC;
    List<Integer> ids = new ArrayList<>();
    for (int id : config.topology().apicIds()) {
      ids.add(id);
    }
    return new MpConfig(
        ids,
        (int) cpuSignature,
        (int) (cpuSignature >>> 32),
        pc ? 1 << AcpiPmConfig.PC.sciGsi() : levelInputs(config.board()),
        pc ? PciPins.all() : List.of());
  }

  /** Without ACPI, virtio devices have inputs of the PICs, and share them. */
  private static int levelInputs(BoardConfig board) {
    return board.acpi() ? 0 : new MmioPlaces(false).levelInputs();
  }

  private static SmbiosConfig smbiosConfig(MachineConfig config, long cpuSignature) {
    CpuTopology topology = config.topology();
    List<SmbiosConfig.RamRange> ram = new ArrayList<>();
    for (MemoryMap.Run run : MemoryMap.of(config.memory().sizeBytes()).ram()) {
      ram.add(new SmbiosConfig.RamRange(run.gpa(), run.sizeBytes()));
    }
    return new SmbiosConfig(
        config.smbios().bios(),
        config.smbios().system(),
        new SmbiosConfig.Processors(
            topology.sockets(),
            topology.cores(),
            topology.threadsPerSocket(),
            config.board().type().text(),
            cpuSignature),
        ram);
  }
}

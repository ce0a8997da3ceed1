package dev.jvmm.machine;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.net.NetworkConfig;
import dev.jvmm.machine.smbios.SmbiosIdentity;
import dev.jvmm.vcpu.cpuid.CpuConfig;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import java.util.List;
import java.util.Map;

/**
 * Everything that a user says of a machine, validated; made by {@link MachineBuilder} or by the
 * command line.
 *
 * <p>Thread: immutable.
 *
 * @param name for messages, threads and SMBIOS-less tools; "jvmm" where the user gave none
 * @param board which machine, and which of its parts are there
 * @param memory the RAM
 * @param cpu the CPU model and its features
 * @param topology how many CPUs, and how they are grouped
 * @param boot what the machine starts with
 * @param chardevs host ends of character streams, by id; each is used once
 * @param serials which character device each COM port is connected to, in order, at most four
 * @param devices what {@code -device} asked for, in order
 * @param storage the disks and objects that devices refer to
 * @param network the networks that devices refer to
 * @param rtc where the clock of the guest starts, and how it runs
 * @param smbios what the guest reads of its maker
 * @param fwCfg items that the guest finds at the firmware configuration device
 * @param policy what becomes of a guest's reset and power-off
 * @param spellings how the user said it
 */
public record MachineConfig(
    String name,
    BoardConfig board,
    MemoryConfig memory,
    CpuConfig cpu,
    CpuTopology topology,
    BootConfig boot,
    Map<String, ChardevConfig> chardevs,
    List<SerialConfig> serials,
    List<DeviceConfig> devices,
    StorageConfig storage,
    NetworkConfig network,
    RtcConfig rtc,
    SmbiosIdentity smbios,
    List<FwCfgItem> fwCfg,
    VirtualMachine.Policy policy,
    Spellings spellings) {

  /** Copies the collections, so that nothing changes afterwards. */
  public MachineConfig {
    chardevs = Map.copyOf(chardevs);
    serials = List.copyOf(serials);
    devices = List.copyOf(devices);
    fwCfg = List.copyOf(fwCfg);
  }
}

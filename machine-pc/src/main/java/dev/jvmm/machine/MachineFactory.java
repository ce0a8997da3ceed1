package dev.jvmm.machine;

import dev.jvmm.core.clock.VmClock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.MonotonicClock;
import dev.jvmm.core.host.HostVm;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.Machinery;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.machine.boot.MemoryMap;
import dev.jvmm.machine.fwcfg.FwCfg;
import dev.jvmm.machine.fwcfg.FwCfgItems;
import dev.jvmm.machine.pci.PciBus;
import dev.jvmm.machine.pci.PciPlaces;
import dev.jvmm.machine.virtio.MmioPlaces;
import dev.jvmm.machine.virtio.MmioSlots;
import dev.jvmm.machine.virtio.PciSlots;
import dev.jvmm.machine.virtio.VirtioSlots;
import dev.jvmm.vcpu.VcpuSet;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Puts machines together: the one place that knows every part.
 *
 * <p>Thread: safe; machines have nothing in common.
 */
final class MachineFactory {

  private MachineFactory() {}

  /**
   * Builds a machine that has not started.
   *
   * @throws dev.jvmm.core.vm.ConfigException if something can't be had as the user wants it
   */
  static VirtualMachine build(MachineConfig config, Surroundings around) {
    return new VirtualMachine(
        config.name(), config.policy(), requests -> assemble(config, requests, around));
  }

  private static Machinery assemble(
      MachineConfig config, GuestRequests control, Surroundings around) {
    try (Undo undo = new Undo()) {
      Machinery machinery = assemble(config, control, around, undo);
      undo.forget();
      return machinery;
    } catch (LinuxException e) {
      throw refused(e);
    }
  }

  /** What the user is told of a part that this host can't have. */
  static ConfigException refused(LinuxException e) {
    return new ConfigException(
        "accel",
        "kvm: this host refuses a part of the machine: "
            + e.getMessage()
            + "; make the machine smaller, or raise the host's limits (ulimit -a)",
        e);
  }

  /** What the user can get wrong comes first, then the host, then what hangs on both. */
  private static Machinery assemble(
      MachineConfig config, GuestRequests control, Surroundings around, Undo undo) {
    GuestBoot boot = GuestBoot.prepare(config, around.notices());
    undo.add(boot::close);
    IoThreads loops = new IoThreads(config, around.loop());
    undo.add(loops::close);
    Disks disks = new Disks(config, loops);
    undo.add(disks::close);
    Taps taps = new Taps(config, loops.usual(), around.notices());
    undo.add(taps::close);
    HostVm vm = HostVm.create(ram(config), config.memory().preallocated(), memoryAsked(config));
    undo.add(vm::close);
    EventLoop loop = loops.usual();
    VmClock clock = new VmClock(new MonotonicClock(loop));

    Board board =
        new Board(new Board.Kernel(vm::irqLine, vm::signalMsi, vm.router(), vm.doorbells()));
    if (!config.board().acpi()) {
      vm.controllers().levelInputs(sharedInputs(config));
    }
    Wishes wishes = new Wishes(control);
    VcpuSet.Sinks sinks = new VcpuSet.Sinks(config.name(), board.ports(), board.memory(), control);
    VcpuSet vcpus = new VcpuSet(vm, config.cpu(), config.topology(), sinks);
    undo.add(vcpus::close);
    requireAddressable(config, vcpus.physBits());
    wishes.from(vcpus);
    if (config.board().pit()) {
      vm.createPit(); // which goes on beside all that follows
    }
    LegacyDevices legacy = new LegacyDevices(board, config, clock, wishes);
    StreamDevices streams = new StreamDevices(board, config, loop, clock, control::quit);
    streams.tell(around.notices());
    undo.add(streams::close);
    FwCfg fwCfg = board.known(new FwCfg(vm.memory(), fwCfgItems(config)));
    fwCfg.mapOn(board.ports());
    BlockDevices blocks = new BlockDevices(disks, config.topology().cpus(), control);
    NetDevices nets = new NetDevices(config.network(), taps, vm.memory());
    VirtioSlots slots = slots(config, board, legacy, vm);
    VirtioDevices virtio =
        new VirtioDevices(
            slots,
            config,
            new VirtioDevices.HostSide(loops, clock, streams, blocks, nets),
            vm.memory());
    undo.add(virtio::close);
    new UserDevices(board, wishes, streams, virtio).add(config.devices());
    Undo custom = new Undo();
    undo.add(custom::close);
    DeviceSlots.plug(
        around.devices(),
        new DeviceSlots.Parts(
            board, legacy.pci(), places(slots), vm.memory(), loop, clock, wishes, custom));

    FirmwareTables tables =
        new FirmwareTables(config, streams.comPorts(), virtio.announced(), vcpus);
    ProgramStreams named = new ProgramStreams(config, streams);
    return new PcMachinery(
        new PcMachinery.Parts(
            boot, tables, vm, board, legacy, streams, virtio, disks, blocks, taps, nets, vcpus,
            clock, loops, named, custom));
  }

  private static @Nullable PciPlaces places(VirtioSlots slots) {
    return slots instanceof PciSlots pci ? pci.places() : null;
  }

  /** The interrupts that several devices can have, a bit each. */
  private static int sharedInputs(MachineConfig config) {
    return config.board().type() == BoardConfig.Type.PC
        ? PciBus.levelInputs()
        : new MmioPlaces(config.board().acpi()).levelInputs();
  }

  /** Where virtio devices go on this board. */
  private static VirtioSlots slots(
      MachineConfig config, Board board, LegacyDevices legacy, HostVm vm) {
    VirtioSlots.Wiring wiring =
        new VirtioSlots.Wiring(
            config.name(), vm.memory(), board.kernel().doorbells(), board::known);
    PciBus pci = legacy.pci();
    return pci == null
        ? new MmioSlots(
            new MmioPlaces(config.board().acpi()),
            new MmioSlots.Board(board.memory(), board::line),
            wiring)
        : new PciSlots(pci, wiring);
  }

  private static void requireAddressable(MachineConfig config, int physBits) {
    long end = MemoryMap.of(config.memory().sizeBytes()).end();
    if (end > 1L << physBits) {
      throw memoryAsked(config)
          .refused(
              "a CPU with %d bits of physical address can't reach its end; give less, or a CPU with"
                      .formatted(physBits)
                  + " more (-cpu host,host-phys-bits=on)");
    }
  }

  private static Spelling memoryAsked(MachineConfig config) {
    Spelling said = config.spellings().memory();
    return said == null ? new Spelling("m", (config.memory().sizeBytes() >> 20) + "M") : said;
  }

  private static List<HostVm.Ram> ram(MachineConfig config) {
    List<HostVm.Ram> ram = new ArrayList<>(2);
    for (MemoryMap.Run run : MemoryMap.of(config.memory().sizeBytes()).ram()) {
      ram.add(new HostVm.Ram(run.gpa(), run.sizeBytes()));
    }
    return ram;
  }

  private static byte[] bytes(UUID uuid) {
    return ByteBuffer.allocate(2 * Long.BYTES)
        .putLong(uuid.getMostSignificantBits())
        .putLong(uuid.getLeastSignificantBits())
        .array();
  }

  private static FwCfgItems fwCfgItems(MachineConfig config) {
    FwCfgItems.Builder items =
        FwCfgItems.builder()
            .cpus(config.topology().cpus(), config.topology().maxCpus())
            .ramBytes(config.memory().sizeBytes())
            .uuid(bytes(config.smbios().system().uuid()))
            .e820(MemoryMap.of(config.memory().sizeBytes()).e820());
    for (FwCfgItem item : config.fwCfg()) {
      switch (item) {
        case FwCfgItem.Text text -> items.string(text.name(), text.text());
        case FwCfgItem.HostFile file -> items.file(file.name(), file.path());
      }
    }
    return items.build();
  }
}

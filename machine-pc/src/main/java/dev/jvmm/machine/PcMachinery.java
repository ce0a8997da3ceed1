package dev.jvmm.machine;

import dev.jvmm.core.clock.VmClock;
import dev.jvmm.core.host.HostVm;
import dev.jvmm.core.host.KvmDevice;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.Balloon;
import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.Machinery;
import dev.jvmm.core.vm.VcpuRegisters;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.vcpu.VcpuSet;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The inside of a running machine, whichever board it has: what starts, pauses, resets and ends in
 * which order.
 *
 * <p>Thread: called by one thread at a time, never by a vCPU's or an event loop's.
 */
final class PcMachinery implements Machinery {

  private final Parts parts;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(PcMachinery.class.getName());
  }

  /** What it consists of; {@link #close} closes it. */
  record Parts(
      GuestBoot boot,
      FirmwareTables tables,
      HostVm vm,
      Board board,
      LegacyDevices legacy,
      StreamDevices streams,
      VirtioDevices virtio,
      Disks disks,
      BlockDevices blocks,
      Taps taps,
      NetDevices nets,
      VcpuSet vcpus,
      VmClock clock,
      IoThreads loops,
      ProgramStreams programStreams,
      Undo custom) {}

  PcMachinery(Parts parts) {
    this.parts = parts;
  }

  @Override
  public void start(boolean paused) {
    load();
    parts.streams.connect();
    parts.vcpus.start();
    awaitPit();
    if (!paused) {
      parts.clock.start();
      parts.vcpus.resume();
    }
  }

  private void awaitPit() {
    try {
      parts.vm.awaitPit();
    } catch (LinuxException e) {
      throw MachineFactory.refused(e);
    }
  }

  @Override
  public void pause() {
    parts.vcpus.pause();
    parts.clock.stop();
    parts.vm.stopClock();
  }

  /** What was kept of the disks' errors is tried before the guest sees anything. */
  @Override
  public void resume() {
    parts.blocks.retry();
    parts.vm.startClock();
    parts.vcpus.clockWasStopped();
    parts.clock.start();
    parts.vcpus.resume();
  }

  /** The order counts: devices let go of their lines before the controllers forget them. */
  @Override
  public void reset() {
    parts.board.reset();
    parts.vm.controllers().reset();
    parts.vcpus.reset();
    load();
  }

  private void load() {
    parts.tables.load(parts.vm.memory());
    parts.vcpus.enter(parts.boot.load(parts.vm.memory()));
  }

  @Override
  public void powerdown() {
    parts.legacy.pressPowerButton();
  }

  @Override
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>(parts.disks.warnings());
    warnings.addAll(parts.nets.warnings());
    warnings.addAll(parts.vcpus.warnings());
    if (!KvmDevice.runsUnmodifiedGuests()) {
      warnings.add(
          "this host's KVM has neither VMX nor SVM behind it: it emulates a guest's kernel one"
              + " instruction at a time, and an unmodified Linux does not boot; use a host that"
              + " has, or one with nested virtualization");
    }
    return warnings;
  }

  @Override
  public GuestMemory memory() {
    return parts.vm.memory();
  }

  @Override
  public @Nullable Balloon balloon() {
    return parts.virtio.balloon();
  }

  @Override
  public @Nullable GuestStream console() {
    return parts.programStreams.console();
  }

  @Override
  public @Nullable GuestStream port(String portName) {
    return parts.programStreams.port(portName);
  }

  @Override
  public @Nullable GuestStream stream(String id) {
    return parts.programStreams.stream(id);
  }

  @Override
  public int cpus() {
    return parts.vcpus.size();
  }

  @Override
  public VcpuRegisters registers(int cpu) {
    return parts.vcpus.registers(cpu);
  }

  @Override
  public boolean onOwnThread() {
    return parts.vcpus.onOwnThread() || parts.loops.onOwnThread();
  }

  @Override
  public boolean link(String name, boolean up) {
    return parts.nets.link(name, up);
  }

  /** The vCPUs first, then what they could reach, disks behind devices, the memory last. */
  @Override
  public void close() {
    try (Undo all = new Undo()) { // which closes the rest though one fails
      all.add(parts.boot::close);
      all.add(this::logCounters);
      all.add(parts.vm::close);
      all.add(parts.loops::close);
      all.add(parts.streams::close);
      all.add(parts.disks::close);
      all.add(parts.taps::close);
      all.add(parts.virtio::close);
      all.add(parts.custom::close);
      all.add(parts.clock::stop);
      all.add(parts.vcpus::close);
    }
  }

  /** What a guest can cause at will is counted, and told once it can't any more. */
  private void logCounters() {
    log("reads of ports that no device claims", parts.board.ports().unclaimedReads());
    log("writes of ports that no device claims", parts.board.ports().unclaimedWrites());
    log("reads of addresses that no device claims", parts.board.memory().unclaimedReads());
    log("writes of addresses that no device claims", parts.board.memory().unclaimedWrites());
    log("characters that a debug console lost", parts.streams.lostCharacters());
    parts.nets.count(PcMachinery::log);
  }

  private static void log(String what, long count) {
    if (count > 0) {
      Log.LOG.log(Level.DEBUG, "{0}: {1}", what, count);
    }
  }
}

package dev.jvmm.machine;

import dev.jvmm.core.bus.AddressRange;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.machine.pci.PciBus;
import dev.jvmm.machine.pci.PciFunction;
import dev.jvmm.machine.pci.PciIdentity;
import dev.jvmm.machine.pci.PciPlaces;
import dev.jvmm.machine.pci.PciWindows;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a {@link CustomDevice} goes: ports, guest-physical addresses, the PCI bus, interrupts.
 *
 * <p>A device's methods are called on the thread of the vCPU that reads or writes, so they return
 * soon; what takes long goes to {@link #loop} or a thread of the embedder's. What a device throws
 * ends its machine with an internal error, and no other. A device that is {@link Resettable} is
 * reset with the machine.
 *
 * <p>Thread: used by the thread that builds the machine.
 */
public final class DeviceSlots {

  private static final int PORTS = 0x1_0000;
  private static final int PINS = 24; // of the I/O APIC

  /** What KVM answers itself, or keeps for itself (KVM API, KVM_SET_IDENTITY_MAP_ADDR). */
  private static final List<AddressRange> KERNEL_MEMORY =
      List.of(
          new AddressRange(0xFEC0_0000L, 0x1000), // I/O APIC
          new AddressRange(0xFEE0_0000L, 0x10_0000), // local APICs and messages
          new AddressRange(0xFFFB_C000L, 0x4000));

  private static final AddressRange PCI_WINDOW =
      new AddressRange(PciWindows.LOW_START, PciWindows.LOW_END - PciWindows.LOW_START);

  private final String name;
  private final Parts parts;

  /**
   * What the slots are made of.
   *
   * @param board has the buses
   * @param pci null on a board without
   * @param places of the PCI bus; null on a board without
   */
  record Parts(
      Board board,
      @Nullable PciBus pci,
      @Nullable PciPlaces places,
      GuestMemory memory,
      EventLoop loop,
      Clock clock,
      GuestRequests requests,
      Undo closes) {}

  /** The slots of a device that messages call {@code name}. */
  DeviceSlots(String name, Parts parts) {
    this.name = name;
    this.parts = parts;
  }

  /** Has the embedder's devices plugged in, in their order. */
  static void plug(Map<String, CustomDevice> devices, Parts parts) {
    devices.forEach((name, device) -> device.plug(new DeviceSlots(name, parts)));
  }

  /**
   * Puts a device on ports; one access at a time reaches it. Those from {@code 0x700} to {@code
   * 0x7FF} are free on every board.
   *
   * @param start the first port
   * @param length how many, at least 1
   * @throws ConfigException if there are no such ports, or another device is there
   */
  public void ports(int start, int length, BusDevice device) {
    if (start < 0 || length < 1 || start > PORTS - length) {
      throw refused("ports %#x+%d: a PC has ports 0 to 0xffff".formatted(start, length));
    }
    parts.board().customPorts(this::refused, new AddressRange(start, length), device);
  }

  /**
   * Puts a device at guest-physical addresses; one access at a time reaches it. On a PC a good
   * place is between {@code 0xFEC01000} and {@code 0xFEDFFFFF}.
   *
   * @param gpa the first address
   * @param length how many, at least 1
   * @throws ConfigException if RAM, another device or the guest's PCI devices can be there
   */
  public void memory(long gpa, long length, BusDevice device) {
    if (gpa < 0 || length < 1 || gpa > Long.MAX_VALUE - length) {
      throw refused("memory %#x+%#x: there are no such addresses".formatted(gpa, length));
    }
    AddressRange range = new AddressRange(gpa, length);
    for (Region region : parts.memory().regions()) {
      if (range.overlaps(new AddressRange(region.gpa(), region.sizeBytes()))) {
        throw memoryTaken(range, "RAM is there");
      }
    }
    for (AddressRange kernel : KERNEL_MEMORY) {
      if (range.overlaps(kernel)) {
        throw memoryTaken(range, "KVM's interrupt controllers are there");
      }
    }
    if (parts.pci() != null && range.overlaps(PCI_WINDOW)) {
      throw memoryTaken(range, "the guest puts its PCI devices there");
    }
    parts.board().customMemory(this::refused, range, device);
  }

  private ConfigException memoryTaken(AddressRange range, String who) {
    return refused(
        "memory %#x+%#x: %s; a good place is 0xfed80000"
            .formatted(range.start(), range.length(), who));
  }

  /**
   * Begins a function in the next free slot of the PCI bus; {@link PciFunction.Builder#build} puts
   * it there.
   *
   * @throws ConfigException if the machine has no PCI bus, or no slot left
   */
  public PciFunction.Builder pci(PciIdentity identity) {
    return pciAt(null, identity);
  }

  /**
   * The same in a slot of its own choice.
   *
   * @param addr slot and function in hexadecimal, {@code 06.0} or {@code 6}
   */
  public PciFunction.Builder pci(String addr, PciIdentity identity) {
    return pciAt(addr, identity);
  }

  private PciFunction.Builder pciAt(@Nullable String addr, PciIdentity identity) {
    PciBus bus = parts.pci();
    PciPlaces places = parts.places();
    if (bus == null || places == null) {
      throw refused("a microvm has no PCI bus; use ports, memory, or the machine pc");
    }
    return bus.function(places.take(new PciPlaces.Wish(name, null, addr, false)), identity);
  }

  /**
   * A further owner of an interrupt pin. The guest must know of it: 5 is an ISA device's for the
   * taking.
   *
   * @param gsi the global system interrupt, 0 to 23
   */
  public IrqLine irq(int gsi) {
    if (gsi < 0 || gsi >= PINS) {
      throw refused("interrupt " + gsi + ": there are 0 to " + (PINS - 1));
    }
    return parts.board().line(gsi);
  }

  /** Has a device reset with the machine that is not put on ports or memory itself. */
  public void resets(Resettable device) {
    parts.board().known(device);
  }

  /** Has something run when the machine is closed, once its vCPUs have ended. */
  public void onClose(Runnable action) {
    parts.closes().add(action);
  }

  /** The guest's RAM, for devices that read and write it by themselves. */
  public GuestMemory ram() {
    return parts.memory();
  }

  /** The machine's event loop, which devices share: nothing waits on it. */
  public EventLoop loop() {
    return parts.loop();
  }

  /** The machine's time, which stands while the machine does. */
  public Clock clock() {
    return parts.clock();
  }

  /** Takes what a device asks of the machine in the guest's place: a reset, its end. */
  public GuestRequests requests() {
    return parts.requests();
  }

  private ConfigException refused(String sentence) {
    return new ConfigException("device", name + ": " + sentence);
  }
}

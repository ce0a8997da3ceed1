package dev.jvmm.machine;

import dev.jvmm.core.bus.AddressRange;
import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.ByteWide;
import dev.jvmm.core.bus.Locked;
import dev.jvmm.core.bus.Widths;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.core.irq.MsiSender;
import dev.jvmm.core.irq.MsiVectors;
import dev.jvmm.core.irq.SharedLine;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.IntFunction;

/**
 * What devices are put on: the two buses, the interrupt lines, and the list of what a reset resets.
 *
 * <p>Thread: filled by one thread before the machine runs; the buses are safe by themselves.
 */
final class Board {

  /** What KVM answers itself, so that no device of ours would ever hear of it. */
  private static final List<AddressRange> KERNEL_PORTS =
      List.of(
          new AddressRange(0x20, 2), // PIC
          new AddressRange(0x40, 4), // PIT
          new AddressRange(0x61, 1), // the PIT's gate
          new AddressRange(0xA0, 2),
          new AddressRange(0x4D0, 2));

  private static final String FREE_PORTS = "; 0x700 to 0x7ff are free";

  private final Bus ports = new Bus("port");
  private final Bus memory = new Bus("memory");
  private final Kernel kernel;
  private final Map<Integer, SharedLine> lines = new HashMap<>();
  private final List<Resettable> resettables = new ArrayList<>();

  /**
   * What the kernel does for devices.
   *
   * @param pins the interrupt controllers' pins, by global system interrupt
   * @param messages takes message-signalled interrupts that are composed when they are sent
   * @param vectors makes ways for those that are settled before
   * @param doorbells hears writes of the guest that need no exit
   */
  record Kernel(
      IntFunction<IrqLine> pins, MsiSender messages, MsiVectors vectors, Doorbells doorbells) {}

  /** A board with nothing on it. */
  Board(Kernel kernel) {
    this.kernel = kernel;
  }

  Kernel kernel() {
    return kernel;
  }

  Bus ports() {
    return ports;
  }

  Bus memory() {
    return memory;
  }

  /** A further device's end of an interrupt line. */
  IrqLine line(int gsi) {
    return lines.computeIfAbsent(gsi, pin -> new SharedLine(kernel.pins().apply(pin))).newOwner();
  }

  /** Puts a device on ports; wider accesses reach it as they are. */
  <D extends BusDevice> D onPorts(int start, int length, D device) {
    ports.map(start, length, device);
    return known(device);
  }

  /** Puts a device of eight bits on ports, behind a lock where it is not safe by itself. */
  <D extends BusDevice> D onBytePorts(int start, int length, D device) {
    ports.map(start, length, new ByteWide(new Locked(device)));
    return known(device);
  }

  /** Puts a device on a port where only single bytes are meant for it. */
  <D extends BusDevice> D onBytes(int port, D device) {
    ports.map(new AddressRange(port, 1), Widths.BYTE, new Locked(device));
    return known(device);
  }

  /**
   * Puts a device where the user wants it, behind a lock.
   *
   * @throws ConfigException if another one is there, the kernel's own among them
   */
  <D extends BusDevice> D userDevice(String type, int start, int length, D device) {
    AddressRange wanted = new AddressRange(start, length);
    for (AddressRange range : KERNEL_PORTS) {
      if (range.overlaps(wanted)) {
        throw new ConfigException(
            "device",
            "%s: iobase=%#x: KVM's interrupt controllers and timer are at %#x to %#x; give another"
                    .formatted(type, start, range.start(), range.end() - 1)
                + " iobase");
      }
    }
    try {
      ports.map(start, length, new Locked(device));
    } catch (IllegalStateException e) {
      throw new ConfigException(
          "device",
          "%s: iobase=%#x: another device is at these ports; give another iobase"
              .formatted(type, start),
          e);
    }
    return known(device);
  }

  /** Puts an embedder's device on ports, one access at a time; {@code refused} says why not. */
  void customPorts(
      Function<String, ConfigException> refused, AddressRange range, BusDevice device) {
    String place = "ports %#x to %#x: ".formatted(range.start(), range.end() - 1);
    for (AddressRange kernel : KERNEL_PORTS) {
      if (kernel.overlaps(range)) {
        throw refused.apply(place + "KVM's interrupt controllers and timer are there" + FREE_PORTS);
      }
    }
    if (ports.tryMap(range, Widths.ANY, new Locked(device)) == null) {
      throw refused.apply(place + "another device is there" + FREE_PORTS);
    }
    known(device);
  }

  /** Puts an embedder's device at addresses, one access at a time. */
  void customMemory(
      Function<String, ConfigException> refused, AddressRange range, BusDevice device) {
    if (memory.tryMap(range, Widths.ANY, new Locked(device)) == null) {
      throw refused.apply(
          "memory %#x+%#x: another device is there".formatted(range.start(), range.length()));
    }
    known(device);
  }

  /** Lets a device that was put on a bus in another way take part in resets. */
  <D> D known(D device) {
    if (device instanceof Resettable resettable) {
      resettables.add(resettable);
    }
    return device;
  }

  /** Power-on state for every device, in the order in which they came. */
  void reset() {
    resettables.forEach(Resettable::reset);
  }
}

package dev.jvmm.machine.pci;

import dev.jvmm.core.bus.Bus;

/** Configuration cycles as a guest makes them: the address to 0xCF8, the datum at 0xCFC. */
public final class GuestPorts {

  private final Bus ports;

  public GuestPorts(Bus ports) {
    this.ports = ports;
  }

  public static long selector(int slot, int function, int offset) {
    return 0x8000_0000L | slot << 11 | function << 8 | (offset & 0xFC);
  }

  public long read(int slot, int function, int offset, int size) {
    ports.write(0xCF8, 4, selector(slot, function, offset));
    return ports.read(0xCFC + (offset & 3), size);
  }

  public void write(int slot, int function, int offset, int size, long value) {
    ports.write(0xCF8, 4, selector(slot, function, offset));
    ports.write(0xCFC + (offset & 3), size, value);
  }
}

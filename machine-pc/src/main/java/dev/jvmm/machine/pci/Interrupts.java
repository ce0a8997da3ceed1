package dev.jvmm.machine.pci;

/**
 * Which global system interrupt a slot's pin is wired to: four lines that no ISA device has, turned
 * by one from slot to slot.
 *
 * <p>They lie below 16, so that they are inputs of both PIC and I/O APIC: a guest has them with
 * either. Level, active high, shared.
 *
 * <p>Thread: no state.
 */
final class Interrupts {

  /** Pins A to D. */
  static final int PINS = 4;

  private static final int[] GSIS = {10, 11, 5, 14};

  private Interrupts() {}

  /** The line, 0 to 3, of a slot's pin, 0 for INTA. */
  static int line(int slot, int pin) {
    return (slot + pin) % PINS;
  }

  /** The interrupt of a slot's INTA. */
  static int gsiOf(int slot) {
    return gsi(line(slot, 0));
  }

  /** The interrupt that a line, 0 to 3, is wired to. */
  static int gsi(int line) {
    return GSIS[line];
  }
}

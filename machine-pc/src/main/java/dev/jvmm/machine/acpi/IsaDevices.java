package dev.jvmm.machine.acpi;

import java.util.List;

/**
 * Which devices exist at ISA's fixed places.
 *
 * <p>Thread: immutable.
 *
 * @param comPorts the serial ports
 * @param rtc the clock at port 0x70, interrupt 8
 * @param i8042 the keyboard controller at 0x60 and 0x64 with keyboard and mouse, interrupts 1, 12
 * @param pic the two 8259 interrupt controllers
 * @param pit the 8254 timer at port 0x40, interrupt 0
 */
public record IsaDevices(
    List<ComPort> comPorts, boolean rtc, boolean i8042, boolean pic, boolean pit) {

  /**
   * A serial port.
   *
   * @param number 1 to 4, as in COM1
   * @param port the first of its 8 ports
   * @param irq its ISA interrupt
   */
  public record ComPort(int number, int port, int irq) {

    /** Refuses what a PC can't have. */
    public ComPort {
      if (number < 1 || number > 4 || port < 0 || port > 0xFFF8 || irq < 1 || irq > 15) {
        throw new IllegalArgumentException("COM%d at %#x, %d".formatted(number, port, irq));
      }
    }
  }

  /** Takes the list as it is now. */
  public IsaDevices {
    comPorts = List.copyOf(comPorts);
  }

  boolean any() {
    return rtc || i8042 || pic || pit || !comPorts.isEmpty();
  }
}

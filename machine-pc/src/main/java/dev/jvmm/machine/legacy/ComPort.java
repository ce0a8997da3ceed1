package dev.jvmm.machine.legacy;

/** The four places where a PC's serial ports are, eight ports each, and their ISA interrupts. */
public enum ComPort {
  COM1(0x3F8, 4),
  COM2(0x2F8, 3),
  COM3(0x3E8, 4),
  COM4(0x2E8, 3);

  /** How many ports a UART takes. */
  public static final int LENGTH = 8;

  private final int base;
  private final int irq;

  ComPort(int base, int irq) {
    this.base = base;
    this.irq = irq;
  }

  /** Its first port. */
  public int base() {
    return base;
  }

  /** Its interrupt; the first and third share one, the second and fourth another. */
  public int irq() {
    return irq;
  }
}

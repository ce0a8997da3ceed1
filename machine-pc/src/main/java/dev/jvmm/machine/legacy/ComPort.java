package dev.jvmm.machine.legacy;

/** The four places where a PC's serial ports are, eight ports each, and their ISA interrupts. */
public enum ComPort {
  COM1(1, 0x3F8, 4),
  COM2(2, 0x2F8, 3),
  COM3(3, 0x3E8, 4),
  COM4(4, 0x2E8, 3);

  /** How many ports a UART takes. */
  public static final int LENGTH = 8;

  private final int number;
  private final int base;
  private final int irq;

  ComPort(int number, int base, int irq) {
    this.number = number;
    this.base = base;
    this.irq = irq;
  }

  /** The port with this number, 1 to 4. */
  public static ComPort of(int number) {
    return values()[number - 1];
  }

  /** 1 to 4, as in COM1. */
  public int number() {
    return number;
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

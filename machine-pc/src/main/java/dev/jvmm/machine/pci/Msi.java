package dev.jvmm.machine.pci;

import dev.jvmm.core.irq.MsiSender;

/**
 * MSI (PCI Local Bus 3.0, 6.8.1): one address and one datum whose low bits count up to 32 vectors,
 * with 64 bits of address, a mask for each vector and a bit for each that was held back.
 *
 * <p>Thread: safe by its monitor, which nothing but the sender is called under.
 */
public final class Msi implements Capability, MessageSource {

  /** As many vectors as the capability can count. */
  public static final int MAX_VECTORS = 32;

  static final int ID = 0x05;

  // From the start of the capability.
  private static final int MESSAGE_CONTROL = 2;
  private static final int MESSAGE_ADDRESS = 4;
  private static final int MESSAGE_UPPER_ADDRESS = 8;
  private static final int MESSAGE_DATA = 12;
  private static final int MASK_BITS = 16;
  private static final int PENDING_BITS = 20;
  private static final int END = 24;
  private static final int BODY = 2; // id and next pointer are not the body's

  private static final int CONTROL_ENABLE = 1;
  private static final int CONTROL_CAPABLE_SHIFT = 1; // of how many, as a power of two
  private static final int CONTROL_ENABLED_SHIFT = 4; // how many the guest gave
  private static final int CONTROL_ENABLED = 7 << CONTROL_ENABLED_SHIFT;
  private static final int CONTROL_64_BIT = 1 << 7;
  private static final int CONTROL_PER_VECTOR_MASK = 1 << 8;

  private final int vectorsLog2;
  private final MsiSender sender;
  private final IntxPin pin;
  private boolean enabled;
  private boolean busMaster;
  private long address;
  private int data;
  private int given; // vectors, a power of two
  private int masked;
  private int pending;

  Msi(int vectors, MsiSender sender, IntxPin pin) {
    if (vectors < 1 || vectors > MAX_VECTORS || Integer.bitCount(vectors) != 1) {
      throw new IllegalArgumentException(vectors + " vectors");
    }
    this.vectorsLog2 = Integer.numberOfTrailingZeros(vectors);
    this.sender = sender;
    this.pin = pin;
    reset();
  }

  /** Whether the guest has switched it on; if not, the pin is what it listens to. */
  public synchronized boolean enabled() {
    return enabled;
  }

  /**
   * Sends the message of a vector, or holds it back while it is masked.
   *
   * @param vector any number; where the guest gave fewer vectors, several share one
   */
  public synchronized void fire(int vector) {
    if (!enabled || vector < 0 || vector >= 1 << vectorsLog2) {
      return;
    }
    pending |= 1 << (vector & (given - 1));
    sendPending();
  }

  @Override
  public int id() {
    return ID;
  }

  @Override
  public byte[] body() {
    int control = vectorsLog2 << CONTROL_CAPABLE_SHIFT | CONTROL_64_BIT | CONTROL_PER_VECTOR_MASK;
    byte[] body = new byte[END - BODY];
    put(body, MESSAGE_CONTROL, 2, control);
    return body;
  }

  @Override
  public byte[] writable() {
    byte[] writable = new byte[END - BODY];
    put(writable, MESSAGE_CONTROL, 2, CONTROL_ENABLE | CONTROL_ENABLED);
    put(writable, MESSAGE_ADDRESS, 4, ~3);
    put(writable, MESSAGE_UPPER_ADDRESS, 4, -1);
    put(writable, MESSAGE_DATA, 2, -1);
    put(writable, MASK_BITS, 4, vectorBits(1 << vectorsLog2));
    return writable;
  }

  @Override
  public synchronized void reading(Registers registers, int offset, int size) {
    registers.set(PENDING_BITS, 4, pending);
  }

  @Override
  public synchronized void written(Registers registers, int offset, int size) {
    int control = registers.get(MESSAGE_CONTROL, 2);
    int wanted = (control & CONTROL_ENABLED) >>> CONTROL_ENABLED_SHIFT;
    given = 1 << Math.min(wanted, vectorsLog2);
    enabled = (control & CONTROL_ENABLE) != 0;
    address =
        Integer.toUnsignedLong(registers.get(MESSAGE_ADDRESS, 4))
            | ((long) registers.get(MESSAGE_UPPER_ADDRESS, 4) << 32);
    data = registers.get(MESSAGE_DATA, 2);
    masked = registers.get(MASK_BITS, 4);
    pin.useMessages(this, enabled);
    sendPending();
  }

  @Override
  public synchronized void busMaster(boolean on) {
    busMaster = on;
    sendPending();
  }

  @Override
  public synchronized void reset() {
    enabled = false;
    address = 0;
    data = 0;
    given = 1;
    masked = 0;
    pending = 0;
    pin.useMessages(this, false);
  }

  private void sendPending() {
    if (!enabled || !busMaster) {
      return;
    }
    int ready = pending & ~masked & vectorBits(given);
    pending &= ~ready;
    for (int bits = ready; bits != 0; bits &= bits - 1) {
      sender.send(address, (data & -given) | Integer.numberOfTrailingZeros(bits));
    }
  }

  private static int vectorBits(int vectors) {
    return vectors == Integer.SIZE ? -1 : (1 << vectors) - 1;
  }

  /** Little-endian, at an offset from the start of the capability. */
  private static void put(byte[] body, int offset, int size, int value) {
    for (int i = 0; i < size; i++) {
      body[offset - BODY + i] = (byte) (value >>> (8 * i));
    }
  }
}

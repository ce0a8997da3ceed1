package dev.jvmm.machine.pci;

/**
 * The 256 bytes of a function's configuration space: for each bit its value at power-on, whether
 * the guest writes it, and whether a written 1 clears it.
 *
 * <p>Thread: confined to the monitor of its function.
 */
final class ConfigSpace {

  static final int LENGTH = 256;

  private final byte[] powerOn = new byte[LENGTH];
  private final byte[] now = new byte[LENGTH];
  private final byte[] writable = new byte[LENGTH];
  private final byte[] clearable = new byte[LENGTH];

  /** Says what a register of 1 to 4 bytes is at power-on, and which bits of it a guest writes. */
  void define(int offset, int size, int value, int writableBits) {
    put(powerOn, offset, size, value);
    put(now, offset, size, value);
    put(writable, offset, size, writableBits);
  }

  /** Says which bits of a register are cleared where the guest writes 1. */
  void defineClearable(int offset, int size, int bits) {
    put(clearable, offset, size, bits);
  }

  void reset() {
    System.arraycopy(powerOn, 0, now, 0, LENGTH);
  }

  /** Reads what lies whole in the space. */
  int get(int offset, int size) {
    int value = 0;
    for (int i = 0; i < size; i++) {
      value |= (now[offset + i] & 0xFF) << (8 * i);
    }
    return value;
  }

  /** The device's own write: every bit as it says. */
  void set(int offset, int size, int value) {
    put(now, offset, size, value);
  }

  /** The guest's write: only the bits that are the guest's. */
  void write(int offset, int size, int value) {
    for (int i = 0; i < size; i++) {
      int at = offset + i;
      int bits = value >>> (8 * i);
      int kept = now[at] & ~writable[at] & ~(bits & clearable[at]);
      now[at] = (byte) (kept | (bits & writable[at]));
    }
  }

  private static void put(byte[] bytes, int offset, int size, int value) {
    for (int i = 0; i < size; i++) {
      bytes[offset + i] = (byte) (value >>> (8 * i));
    }
  }
}

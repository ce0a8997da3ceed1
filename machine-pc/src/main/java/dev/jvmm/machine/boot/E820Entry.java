package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;

/**
 * One line of the memory map that a PC's firmware answers to INT 15h, AX E820h (ACPI 6.5, 15.1).
 *
 * <p>Thread: immutable.
 *
 * @param gpa the first guest-physical address
 * @param length bytes, at least 1
 * @param type what the guest may do with it
 */
public record E820Entry(long gpa, long length, Type type) {

  /** Bytes of one entry in the zero page and in {@code etc/e820}. */
  public static final int SIZE_BYTES = 20;

  /** The address range types of ACPI 6.5, table 15.4. */
  public enum Type {
    USABLE(1),
    RESERVED(2),
    ACPI_RECLAIMABLE(3),
    ACPI_NVS(4);

    private final int code;

    Type(int code) {
      this.code = code;
    }

    /** The number that guests know. */
    public int code() {
      return code;
    }
  }

  /** Refuses an empty entry and one that wraps around. */
  public E820Entry {
    if (gpa < 0 || length < 1 || Math.addExact(gpa, length) < 0) {
      throw new IllegalArgumentException("e820 %#x+%#x".formatted(gpa, length));
    }
  }

  /** The first address behind it. */
  public long end() {
    return gpa + length;
  }

  /** Appends its {@link #SIZE_BYTES} bytes to a little-endian buffer. */
  public void putTo(ByteBuffer buffer) {
    buffer.putLong(gpa).putLong(length).putInt(type.code());
  }
}

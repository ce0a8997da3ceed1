package dev.jvmm.machine.acpi.aml;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * Objects and data: what a definition block declares (ACPI 6.3, 20.2.3 and 20.2.5). The functions
 * are named as ASL names the terms.
 *
 * <p>Names are spelled as in ASL; a name that is none is our error, not the guest's.
 *
 * <p>Thread: no state.
 */
public final class Aml {

  private static final int ZERO_OP = 0x00;
  private static final int ONE_OP = 0x01;
  private static final int NAME_OP = 0x08;
  private static final int BYTE_PREFIX = 0x0A;
  private static final int WORD_PREFIX = 0x0B;
  private static final int DWORD_PREFIX = 0x0C;
  private static final int STRING_PREFIX = 0x0D;
  private static final int QWORD_PREFIX = 0x0E;
  private static final int SCOPE_OP = 0x10;
  private static final int BUFFER_OP = 0x11;
  private static final int PACKAGE_OP = 0x12;
  private static final int METHOD_OP = 0x14;
  private static final int METHOD_SERIALIZED = 1 << 3;
  private static final int OP_REGION_OP = 0x5B80;
  private static final int FIELD_OP = 0x5B81;
  private static final int DEVICE_OP = 0x5B82;
  private static final int FIELD_DWORD_ACC = 3;
  private static final int FIELD_WRITE_AS_ZEROS = 2 << 5;

  /** The address space of an operation region of ports. */
  public static final int SYSTEM_IO = 1;

  private Aml() {}

  /** An integer in its shortest form. */
  public static byte[] integer(long value) {
    LittleEndianWriter out = new LittleEndianWriter(9);
    if (value == 0) {
      out.u8(ZERO_OP);
    } else if (value == 1) {
      out.u8(ONE_OP);
    } else if (value >>> 8 == 0) {
      out.u8(BYTE_PREFIX).u8((int) value);
    } else if (value >>> 16 == 0) {
      out.u8(WORD_PREFIX).u16((int) value);
    } else if (value >>> 32 == 0) {
      out.u8(DWORD_PREFIX).u32(value);
    } else {
      out.u8(QWORD_PREFIX).u64(value);
    }
    return out.toByteArray();
  }

  /** A string of ASCII characters other than NUL. */
  public static byte[] string(String text) {
    return new LittleEndianWriter(text.length() + 2)
        .u8(STRING_PREFIX)
        .ascii(text)
        .u8(0)
        .toByteArray();
  }

  /** A Plug and Play id such as {@code PNP0501} as the number that EISA packs it into. */
  public static byte[] eisaId(String id) {
    int a = id.charAt(0) - '@';
    int b = id.charAt(1) - '@';
    int c = id.charAt(2) - '@';
    int product = Integer.parseInt(id, 3, 7, 16);
    int swapped = (a << 26) | (b << 21) | (c << 16) | product;
    return integer(Integer.toUnsignedLong(Integer.reverseBytes(swapped)));
  }

  /** A buffer that holds {@code bytes}. */
  public static byte[] buffer(byte[] bytes) {
    return Encoding.enclosed(BUFFER_OP, integer(bytes.length), bytes);
  }

  /** A package of at most 255 elements. */
  public static byte[] packageOf(byte[]... elements) {
    if (elements.length > 255) {
      throw new IllegalArgumentException(elements.length + " elements");
    }
    return Encoding.enclosed(
        PACKAGE_OP, new byte[] {(byte) elements.length}, Encoding.concat(elements));
  }

  /** {@code Name (path, value)}. */
  public static byte[] name(String path, byte[] value) {
    return Encoding.concat(new byte[] {NAME_OP}, Encoding.name(path), value);
  }

  /** {@code Scope (path) { ... }}. */
  public static byte[] scope(String path, byte[]... terms) {
    return Encoding.enclosed(SCOPE_OP, Encoding.name(path), Encoding.concat(terms));
  }

  /** {@code Device (path) { ... }}. */
  public static byte[] device(String path, byte[]... terms) {
    return Encoding.enclosed(DEVICE_OP, Encoding.name(path), Encoding.concat(terms));
  }

  /**
   * {@code Method (path, arguments, Serialized) { ... }}.
   *
   * @param arguments how many it takes, 0 to 7
   */
  public static byte[] method(String path, int arguments, byte[]... terms) {
    byte[] flags = {(byte) (METHOD_SERIALIZED | arguments)};
    return Encoding.enclosed(METHOD_OP, Encoding.name(path), flags, Encoding.concat(terms));
  }

  /** {@code OperationRegion (path, space, offset, length)}. */
  public static byte[] operationRegion(String path, int space, long offset, long length) {
    LittleEndianWriter out = new LittleEndianWriter(32);
    Encoding.opcode(out, OP_REGION_OP);
    return out.bytes(Encoding.name(path))
        .u8(space)
        .bytes(integer(offset))
        .bytes(integer(length))
        .toByteArray();
  }

  /** {@code Field (region, DWordAcc, NoLock, WriteAsZeros) { unit, 32 }}. */
  public static byte[] dwordField(String region, String unit) {
    LittleEndianWriter length = new LittleEndianWriter(4);
    Encoding.fieldLength(length, 32);
    return Encoding.enclosed(
        FIELD_OP,
        Encoding.name(region),
        new byte[] {FIELD_DWORD_ACC | FIELD_WRITE_AS_ZEROS},
        Encoding.name(unit),
        length.toByteArray());
  }
}

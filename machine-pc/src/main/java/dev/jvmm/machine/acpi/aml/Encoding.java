package dev.jvmm.machine.acpi.aml;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * The parts that AML terms share: package lengths and name strings (ACPI 6.3, 20.2.2, 20.2.4).
 *
 * <p>Thread: no state.
 */
final class Encoding {

  private static final int DUAL_NAME_PREFIX = 0x2E;
  private static final int MULTI_NAME_PREFIX = 0x2F;
  private static final int ROOT_CHAR = '\\';
  private static final int NULL_NAME = 0;
  private static final int SEGMENT = 4;

  private Encoding() {}

  /** The terms one after the other. */
  static byte[] concat(byte[]... terms) {
    int length = 0;
    for (byte[] term : terms) {
      length += term.length;
    }
    byte[] all = new byte[length];
    int at = 0;
    for (byte[] term : terms) {
      System.arraycopy(term, 0, all, at, term.length);
      at += term.length;
    }
    return all;
  }

  /** {@code opcode} (one byte, or two with the first in bits 8 to 15), PkgLength, the content. */
  static byte[] enclosed(int opcode, byte[]... content) {
    byte[] body = concat(content);
    LittleEndianWriter out = new LittleEndianWriter(body.length + 6);
    opcode(out, opcode);
    packageLength(out, body.length);
    return out.bytes(body).toByteArray();
  }

  /** An opcode of one byte, or of two with the first in bits 8 to 15. */
  static void opcode(LittleEndianWriter out, int opcode) {
    if (opcode > 0xFF) {
      out.u8(opcode >>> 8);
    }
    out.u8(opcode);
  }

  /** The length of what follows and, as the specification wants it, of the length's own bytes. */
  private static void packageLength(LittleEndianWriter out, int content) {
    int width = 1;
    while (content + width >= limit(width)) {
      width++;
    }
    lengthOf(out, content + width, width);
  }

  /** The same form for a field's width in bits, which counts nothing but itself. */
  static void fieldLength(LittleEndianWriter out, int bits) {
    int width = 1;
    while (bits >= limit(width)) {
      width++;
    }
    lengthOf(out, bits, width);
  }

  /** The first number that {@code width} bytes can't hold: 6 bits in one, then 4 + 8 for each. */
  private static int limit(int width) {
    return width == 1 ? 1 << 6 : 1 << (8 * width - 4);
  }

  private static void lengthOf(LittleEndianWriter out, int length, int width) {
    if (length >= limit(4)) {
      throw new IllegalArgumentException("AML package of " + length + " bytes");
    }
    if (width == 1) {
      out.u8(length);
      return;
    }
    out.u8(((width - 1) << 6) | (length & 0xF));
    for (int i = 1; i < width; i++) {
      out.u8(length >>> (8 * i - 4));
    }
  }

  /** A NameString from its ASL spelling: {@code _HID}, {@code \_SB.PWRB}, or "" for none. */
  static byte[] name(String path) {
    LittleEndianWriter out = new LittleEndianWriter(2 + 5 * path.length());
    String relative = path;
    if (path.startsWith("\\")) {
      out.u8(ROOT_CHAR);
      relative = path.substring(1);
    }
    if (relative.isEmpty()) {
      return out.u8(NULL_NAME).toByteArray();
    }
    int segments = 1;
    for (int i = 0; i < relative.length(); i++) {
      segments += relative.charAt(i) == '.' ? 1 : 0;
    }
    if (segments == 2) {
      out.u8(DUAL_NAME_PREFIX);
    } else if (segments > 2) {
      out.u8(MULTI_NAME_PREFIX).u8(segments);
    }
    int start = 0;
    for (int i = 0; i < segments; i++) {
      int dot = relative.indexOf('.', start);
      int end = dot < 0 ? relative.length() : dot;
      segment(out, relative.substring(start, end));
      start = end + 1;
    }
    return out.toByteArray();
  }

  /** Four characters, filled up with underscores. */
  private static void segment(LittleEndianWriter out, String name) {
    if (name.isEmpty() || name.length() > SEGMENT || digit(name.charAt(0))) {
      throw new IllegalArgumentException("AML name " + name);
    }
    for (int i = 0; i < SEGMENT; i++) {
      char c = i < name.length() ? name.charAt(i) : '_';
      if (c != '_' && !digit(c) && (c < 'A' || c > 'Z')) {
        throw new IllegalArgumentException("AML name " + name);
      }
      out.u8(c);
    }
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }
}

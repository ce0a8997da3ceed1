package dev.jvmm.machine.smbios;

import dev.jvmm.machine.bytes.LittleEndianWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * One SMBIOS structure in the making (DSP0134 3.0, 6.1): header, formatted area, strings.
 *
 * <p>Thread: confined to its maker.
 */
final class Structure {

  private static final int LENGTH = 1;

  private final LittleEndianWriter out = new LittleEndianWriter(128);
  private final List<String> strings = new ArrayList<>();

  Structure(int type, int handle) {
    out.u8(type).u8(0).u16(handle);
  }

  Structure u8(int value) {
    out.u8(value);
    return this;
  }

  Structure u16(int value) {
    out.u16(value);
    return this;
  }

  Structure u32(long value) {
    out.u32(value);
    return this;
  }

  Structure u64(long value) {
    out.u64(value);
    return this;
  }

  /** A string's number; none for the empty one. */
  Structure text(String value) {
    if (value.isEmpty()) {
      return u8(0);
    }
    strings.add(value);
    return u8(strings.size());
  }

  /** Completes the length, and appends the strings: a NUL behind each, one more behind all. */
  byte[] finish() {
    out.setU8(LENGTH, out.size());
    for (String string : strings) {
      out.bytes(string.getBytes(StandardCharsets.UTF_8)).u8(0);
    }
    return out.zeros(strings.isEmpty() ? 2 : 1).toByteArray();
  }
}

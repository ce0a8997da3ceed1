package dev.jvmm.machine.acpi;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * The firmware ACPI control structure (ACPI 6.3, 5.2.10): the global lock, which nobody shares with
 * the guest, and wake-up vectors, which nothing here jumps to.
 *
 * <p>Thread: no state.
 */
final class Facs {

  static final int ALIGNMENT = 64;

  private static final int LENGTH = 64;
  private static final int VERSION = 2;

  private Facs() {}

  static byte[] of() {
    LittleEndianWriter out = new LittleEndianWriter(LENGTH);
    out.ascii("FACS").u32(LENGTH).zeros(24).u8(VERSION);
    return out.zeros(LENGTH - out.size()).toByteArray();
  }
}

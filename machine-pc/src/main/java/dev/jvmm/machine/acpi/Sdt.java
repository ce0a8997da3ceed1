package dev.jvmm.machine.acpi;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * A system description table in the making: the header that all share (ACPI 6.3, 5.2.6), then what
 * the caller writes.
 *
 * <p>Thread: confined to its maker.
 */
final class Sdt {

  static final int HEADER = 36;

  /** Six characters that name who made the tables. */
  static final String OEM_ID = "JVMM  ";

  private static final String OEM_TABLE_ID = "JVMMACPI";
  private static final int OEM_REVISION = 1;
  static final String CREATOR_ID = "JVMM";

  private static final int CREATOR_REVISION = 1;
  private static final int LENGTH = 4;
  private static final int CHECKSUM = 9;

  private final LittleEndianWriter out;

  /** Begins a table; {@code capacity} is what it will take, header included. */
  Sdt(String signature, int revision, int capacity) {
    out = new LittleEndianWriter(capacity);
    out.ascii(signature).u32(0).u8(revision).u8(0);
    out.ascii(OEM_ID).ascii(OEM_TABLE_ID).u32(OEM_REVISION);
    out.ascii(CREATOR_ID).u32(CREATOR_REVISION);
  }

  /** Where what follows the header is written. */
  LittleEndianWriter out() {
    return out;
  }

  /** Completes length and checksum. */
  byte[] finish() {
    out.setU32(LENGTH, out.size());
    out.setU8(CHECKSUM, out.checksum(0, out.size()));
    return out.toByteArray();
  }
}

package dev.jvmm.machine.smbios;

import dev.jvmm.machine.bytes.LittleEndianWriter;
import java.util.List;

/**
 * SMBIOS 3.0 as one run of bytes, to be copied into guest memory in one go: the 64-bit entry point,
 * the 32-bit one for tools that know no other, and the structures that both lead to (DSP0134 3.0,
 * 5.2).
 *
 * <p>Thread: immutable; {@link #image} is not copied and not to be written.
 */
public final class SmbiosTables {

  /** Where the image goes; guests search from here to 0xFFFFF in steps of 16 bytes. */
  public static final long GPA = 0xF0000;

  /** Behind the last byte that the image may take: the multiprocessor table is there. */
  public static final long LIMIT_GPA = 0xFC000;

  private static final int MAJOR = 3;
  private static final int MINOR = 0;
  private static final int ENTRY_64_LENGTH = 0x18;
  private static final int ENTRY_64_CHECKSUM = 5;
  private static final int ENTRY_32 = 0x20;
  private static final int ENTRY_32_LENGTH = 0x1F;
  private static final int ENTRY_32_CHECKSUM = 4;
  private static final int ENTRY_32_INTERMEDIATE = 0x10;
  private static final int ENTRY_32_INTERMEDIATE_CHECKSUM = 0x15;
  private static final int STRUCTURES = 0x40;

  private final byte[] image;

  private SmbiosTables(byte[] image) {
    this.image = image;
  }

  /** Makes the tables; what {@link SmbiosConfig} takes always fits. */
  public static SmbiosTables build(SmbiosConfig config) {
    List<byte[]> structures = Structures.of(config);
    int length = 0;
    int longest = 0;
    for (byte[] structure : structures) {
      length += structure.length;
      longest = Math.max(longest, structure.length);
    }
    LittleEndianWriter out = new LittleEndianWriter(STRUCTURES + length);
    out.bytes(entry64(length)).align(ENTRY_32);
    out.bytes(entry32(length, longest, structures.size())).align(STRUCTURES);
    for (byte[] structure : structures) {
      out.bytes(structure);
    }
    if (out.size() > LIMIT_GPA - GPA) {
      throw new IllegalStateException("SMBIOS of " + out.size() + " bytes");
    }
    return new SmbiosTables(out.toByteArray());
  }

  /** The bytes that go to {@link #GPA}. */
  public byte[] image() {
    return image;
  }

  private static byte[] entry64(int length) {
    LittleEndianWriter out = new LittleEndianWriter(ENTRY_64_LENGTH);
    out.ascii("_SM3_").u8(0).u8(ENTRY_64_LENGTH).u8(MAJOR).u8(MINOR).u8(0);
    out.u8(1).u8(0).u32(length).u64(GPA + STRUCTURES);
    out.setU8(ENTRY_64_CHECKSUM, out.checksum(0, ENTRY_64_LENGTH));
    return out.toByteArray();
  }

  private static byte[] entry32(int length, int longest, int count) {
    LittleEndianWriter out = new LittleEndianWriter(ENTRY_32_LENGTH);
    out.ascii("_SM_").u8(0).u8(ENTRY_32_LENGTH).u8(MAJOR).u8(MINOR).u16(longest);
    out.u8(0).zeros(5).ascii("_DMI_").u8(0).u16(length).u32(GPA + STRUCTURES);
    out.u16(count).u8((MAJOR << 4) | MINOR);
    out.setU8(ENTRY_32_INTERMEDIATE_CHECKSUM, out.checksum(ENTRY_32_INTERMEDIATE, ENTRY_32_LENGTH));
    out.setU8(ENTRY_32_CHECKSUM, out.checksum(0, ENTRY_32_LENGTH));
    return out.toByteArray();
  }
}

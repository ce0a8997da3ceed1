package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * The setup header of a bzImage (Documentation/arch/x86/boot.rst), with the documented defaults
 * where an older protocol has no such field.
 *
 * <p>Addresses and sizes are the file's own words: any value.
 *
 * @param version of the protocol, 0x20F for 2.15
 * @param setupBytes the real-mode part, in front of the kernel
 * @param kernelBytes what the header says of the protected-mode part; 0 if it does not
 * @param loadFlags bit 0 says bzImage
 * @param code32Start the 32-bit entry of a kernel that was loaded at 1 MiB
 * @param release what {@code uname -r} will say, empty if the file does not
 * @param initrdMax the highest address of an initrd's last byte
 * @param relocation where else than at 1 MiB it may be loaded
 * @param commandLineMax bytes without the NUL
 * @param has64BitEntry XLF_KERNEL_64
 * @param raw the header's bytes from 0x1F1 on
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record SetupHeader(
    int version,
    int setupBytes,
    long kernelBytes,
    int loadFlags,
    long code32Start,
    String release,
    long initrdMax,
    Relocation relocation,
    long commandLineMax,
    boolean has64BitEntry,
    byte[] raw) {

  /**
   * Where the kernel runs.
   *
   * @param relocatable whether it runs where it was loaded
   * @param alignment of its start; a power of two
   * @param minAlignment with which it can make do; a power of two
   * @param preferred where it would like to run, 0 if it does not say
   * @param initSize bytes that it needs from there on, 0 if it does not say
   */
  record Relocation(
      boolean relocatable, long alignment, long minAlignment, long preferred, long initSize) {}

  static final int START = 0x1F1;

  // Offsets in the file, and in the zero page as well.
  static final int SETUP_SECTS = 0x1F1;
  static final int SYSSIZE = 0x1F4;
  static final int BOOT_FLAG = 0x1FE;
  static final int JUMP_LENGTH = 0x201;
  static final int HEADER = 0x202;
  static final int VERSION = 0x206;
  static final int KERNEL_VERSION = 0x20E;
  static final int TYPE_OF_LOADER = 0x210;
  static final int LOADFLAGS = 0x211;
  static final int CODE32_START = 0x214;
  static final int RAMDISK_IMAGE = 0x218;
  static final int RAMDISK_SIZE = 0x21C;
  static final int CMD_LINE_PTR = 0x228;
  static final int INITRD_ADDR_MAX = 0x22C;
  static final int KERNEL_ALIGNMENT = 0x230;
  static final int RELOCATABLE_KERNEL = 0x234;
  static final int MIN_ALIGNMENT = 0x235;
  static final int XLOADFLAGS = 0x236;
  static final int CMDLINE_SIZE = 0x238;
  static final int SETUP_DATA = 0x250;
  static final int PREF_ADDRESS = 0x258;
  static final int INIT_SIZE = 0x260;

  static final int HDRS = 0x53726448; // "HdrS"
  static final int BOOT_FLAG_MAGIC = 0xAA55;
  static final int LOADED_HIGH = 1;
  static final int XLF_KERNEL_64 = 1;

  /** The header ends here at the latest: the zero page has other things behind it. */
  private static final int MAX_END = 0x290;

  private static final int SECTOR_BYTES = 512;
  private static final int DEFAULT_SETUP_SECTS = 4;
  private static final int PARAGRAPH_BYTES = 16;
  private static final long DEFAULT_INITRD_MAX = 0x37FF_FFFF;
  private static final int DEFAULT_COMMAND_LINE_MAX = 255;
  private static final int MAX_RELEASE_BYTES = 128;

  /** Whether a file that begins like this is a kernel with a setup header. */
  static boolean isIn(ByteBuffer head) {
    return head.limit() >= KERNEL_VERSION
        && head.getInt(HEADER) == HDRS
        && u16(head, BOOT_FLAG) == BOOT_FLAG_MAGIC;
  }

  /** Reads and checks the header of {@code file}. */
  static SetupHeader parse(SourceFile file, ByteBuffer head) {
    int sectors = Byte.toUnsignedInt(head.get(SETUP_SECTS));
    int setupBytes = ((sectors == 0 ? DEFAULT_SETUP_SECTS : sectors) + 1) * SECTOR_BYTES;
    int version = u16(head, VERSION);
    if (file.sizeBytes() <= setupBytes) {
      throw truncated(file, setupBytes + 1L);
    }
    long kernelBytes = version < 0x204 ? 0 : u32(head, SYSSIZE) * PARAGRAPH_BYTES;
    if (setupBytes + kernelBytes > file.sizeBytes()) {
      throw truncated(file, setupBytes + kernelBytes);
    }
    int end = HEADER + Byte.toUnsignedInt(head.get(JUMP_LENGTH));
    byte[] raw = new byte[Math.min(end, MAX_END) - START];
    head.get(START, raw);
    return new SetupHeader(
        version,
        setupBytes,
        kernelBytes,
        Byte.toUnsignedInt(head.get(LOADFLAGS)),
        u32(head, CODE32_START),
        release(file, u16(head, KERNEL_VERSION), setupBytes),
        version < 0x203 ? DEFAULT_INITRD_MAX : u32(head, INITRD_ADDR_MAX),
        relocation(file, version, head),
        version < 0x206 ? DEFAULT_COMMAND_LINE_MAX : u32(head, CMDLINE_SIZE),
        version >= 0x20C && (u16(head, XLOADFLAGS) & XLF_KERNEL_64) != 0,
        raw);
  }

  private static Relocation relocation(SourceFile file, int version, ByteBuffer head) {
    if (version < 0x205) {
      return new Relocation(false, 1, 1, 0, 0);
    }
    boolean relocatable = head.get(RELOCATABLE_KERNEL) != 0;
    long alignment = u32(head, KERNEL_ALIGNMENT);
    if (relocatable && Long.bitCount(alignment) != 1) {
      throw file.bad(
          "has a broken header, an alignment of %#x; give another file".formatted(alignment));
    }
    if (version < 0x20A) {
      return new Relocation(relocatable, alignment, alignment, 0, 0);
    }
    int minShift = head.get(MIN_ALIGNMENT);
    boolean hasMin = minShift > 0 && minShift < Integer.SIZE;
    return new Relocation(
        relocatable,
        alignment,
        hasMin ? Math.min(1L << minShift, alignment) : alignment,
        head.getLong(PREF_ADDRESS),
        u32(head, INIT_SIZE));
  }

  /** The first word of the version text, which lies behind the first sector. */
  private static String release(SourceFile file, int pointer, int setupBytes) {
    int offset = pointer + SECTOR_BYTES;
    if (pointer == 0 || offset >= setupBytes) {
      return "";
    }
    ByteBuffer text = file.read(offset, Math.min(MAX_RELEASE_BYTES, setupBytes - offset));
    int end = 0;
    while (end < text.limit() && text.get(end) > ' ') {
      end++;
    }
    byte[] release = new byte[end];
    text.get(0, release);
    return new String(release, StandardCharsets.US_ASCII);
  }

  private static RuntimeException truncated(SourceFile file, long bytes) {
    return file.bad(
        "is truncated, %d bytes where its header speaks of %d; copy it again"
            .formatted(file.sizeBytes(), bytes));
  }

  private static int u16(ByteBuffer buffer, int offset) {
    return Short.toUnsignedInt(buffer.getShort(offset));
  }

  private static long u32(ByteBuffer buffer, int offset) {
    return Integer.toUnsignedLong(buffer.getInt(offset));
  }
}

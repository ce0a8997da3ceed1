package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Linux's boot_params (Documentation/arch/x86/zero-page.rst): the page that a kernel's 32-bit and
 * 64-bit entries take in RSI.
 *
 * <p>Thread: confined to the loader's.
 */
final class ZeroPage {

  private static final int SIZE_BYTES = 4096;

  // Besides the setup header, whose offsets are SetupHeader's.
  private static final int EXT_MEM_K = 0x002;
  private static final int CL_MAGIC = 0x020;
  private static final int CL_OFFSET = 0x022;
  private static final int ACPI_RSDP_ADDR = 0x070;
  private static final int ALT_MEM_K = 0x1E0;
  private static final int E820_ENTRIES = 0x1E8;
  private static final int E820_TABLE = 0x2D0;
  private static final int MAX_E820_ENTRIES = 128;

  private static final int CL_MAGIC_VALUE = 0xA33F;
  private static final byte LOADER_UNDEFINED = (byte) 0xFF; // of those without an id of their own
  private static final int PROTOCOL_2_15 = 0x20F;
  private static final int MAX_EXT_MEM_K = 0xFC00; // 63 MiB: what INT 15h, AH 88h could say

  private final ByteBuffer page = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);

  /** For a kernel with a setup header of its own. */
  ZeroPage(SetupHeader header) {
    page.put(SetupHeader.START, header.raw());
    page.put(SetupHeader.TYPE_OF_LOADER, LOADER_UNDEFINED);
    if (header.version() >= 0x209) {
      page.putLong(SetupHeader.SETUP_DATA, 0);
    }
  }

  /** For an ELF kernel, whose header was left behind when it was unpacked. */
  ZeroPage() {
    page.putShort(SetupHeader.BOOT_FLAG, (short) SetupHeader.BOOT_FLAG_MAGIC);
    page.putInt(SetupHeader.HEADER, SetupHeader.HDRS);
    page.putShort(SetupHeader.VERSION, (short) PROTOCOL_2_15);
    page.put(SetupHeader.TYPE_OF_LOADER, LOADER_UNDEFINED);
    page.put(SetupHeader.LOADFLAGS, (byte) SetupHeader.LOADED_HIGH);
  }

  ZeroPage memory(List<E820Entry> map, long rsdpGpa) {
    if (map.size() > MAX_E820_ENTRIES) {
      throw new IllegalArgumentException("a map of " + map.size() + " entries");
    }
    page.putLong(ACPI_RSDP_ADDR, rsdpGpa);
    page.put(E820_ENTRIES, (byte) map.size());
    page.position(E820_TABLE);
    map.forEach(entry -> entry.putTo(page));
    page.rewind();
    long behindMib = new Placement(map).lowTop() - BootArea.MIB;
    page.putInt(ALT_MEM_K, (int) (behindMib >> 10));
    page.putShort(EXT_MEM_K, (short) Math.min(behindMib >> 10, MAX_EXT_MEM_K));
    return this;
  }

  ZeroPage commandLine(long gpa) {
    page.putInt(SetupHeader.CMD_LINE_PTR, (int) gpa);
    return this;
  }

  /** Protocols before 2.02: relative to the zero page, which lies at 0x90000. */
  ZeroPage oldCommandLine(int offset) {
    page.putShort(CL_MAGIC, (short) CL_MAGIC_VALUE);
    page.putShort(CL_OFFSET, (short) offset);
    return this;
  }

  ZeroPage initrd(long gpa, long length) {
    page.putInt(SetupHeader.RAMDISK_IMAGE, (int) gpa);
    page.putInt(SetupHeader.RAMDISK_SIZE, (int) length);
    return this;
  }

  /** Says where a kernel that was moved has its 32-bit entry. */
  ZeroPage code32Start(long gpa) {
    page.putInt(SetupHeader.CODE32_START, (int) gpa);
    return this;
  }

  /** Says which alignment the loader chose (protocol 2.10). */
  ZeroPage alignment(long alignment) {
    page.putInt(SetupHeader.KERNEL_ALIGNMENT, (int) alignment);
    return this;
  }

  byte[] bytes() {
    return page.array();
  }
}

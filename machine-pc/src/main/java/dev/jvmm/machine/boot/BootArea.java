package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.vcpu.EntryState;
import java.lang.foreign.MemorySegment;

/**
 * What lies in conventional memory while a kernel starts, and the parts of it that every kernel
 * gets: descriptor table and page tables.
 *
 * <p>Thread: stateless.
 */
final class BootArea {

  static final long GDT = 0x500;
  static final long INFO = 0x6000; // PVH's start info, or MultiBoot's information
  static final long ZERO_PAGE = 0x7000;
  static final long STACK_TOP = 0x9000;
  static final long PAGE_TABLES = 0x9000; // to 0xF000
  static final long COMMAND_LINE = 0x20000;
  static final long MODULE_LIST = 0x30000;
  static final long END = 0x40000;

  static final int COMMAND_LINE_BYTES = (int) (MODULE_LIST - COMMAND_LINE);
  static final int INFO_BYTES = (int) (ZERO_PAGE - INFO);
  static final int MODULE_LIST_BYTES = (int) (END - MODULE_LIST);

  /** Where kernels go: the first address above the memory of the old PC. */
  static final long MIB = 1L << 20;

  // Flat descriptors (Intel SDM 3, 3.4.5): base 0, limit 4 GiB, present, accessed.
  private static final long CODE_32 = 0x00CF_9B00_0000_FFFFL;
  private static final long CODE_64 = 0x00AF_9B00_0000_FFFFL;
  private static final long DATA = 0x00CF_9300_0000_FFFFL;
  private static final long TASK = 0x0000_8B00_0000_0067L; // busy; its upper half is 0
  private static final int GDT_ENTRIES = 6;

  private static final int TABLE_ENTRIES = 512;
  private static final int DIRECTORIES = 4; // 1 GiB each
  private static final long PAGE_BYTES = 4096;
  private static final long TABLE = 0x03; // present, writable
  private static final long LARGE_PAGE = 0x83; // and 2 MiB

  private BootArea() {}

  /** A Linux zero page is in RSI. */
  static EntryState linuxEntry(EntryState.Mode mode, long rip, long zeroPage) {
    return entry(mode, rip, 0, 0, zeroPage);
  }

  /** PVH and MultiBoot: 32 bits, their information in EBX. */
  static EntryState infoEntry(long rip, long eax) {
    return entry(EntryState.Mode.PROTECTED_32, rip, eax, INFO, 0);
  }

  private static EntryState entry(EntryState.Mode mode, long rip, long rax, long rbx, long rsi) {
    long cr3 = mode == EntryState.Mode.LONG_64 ? PAGE_TABLES : 0;
    return new EntryState(
        mode, rip, STACK_TOP - 16, rax, rbx, rsi, cr3, GDT, GDT_ENTRIES * Long.BYTES - 1);
  }

  /** Writes what {@code state} points to: the descriptor table, and page tables for long mode. */
  static void writeTables(GuestMemory memory, EntryState state) {
    boolean longMode = state.mode() == EntryState.Mode.LONG_64;
    long[] gdt = {0, 0, longMode ? CODE_64 : CODE_32, DATA, TASK, 0};
    memory.write(GDT, MemorySegment.ofArray(gdt));
    if (longMode) {
      memory.write(PAGE_TABLES, MemorySegment.ofArray(pageTables()));
    }
  }

  /** PML4, PDPT and four page directories: 4 GiB one to one in pages of 2 MiB. */
  private static long[] pageTables() {
    long[] entries = new long[(2 + DIRECTORIES) * TABLE_ENTRIES];
    entries[0] = PAGE_TABLES + PAGE_BYTES | TABLE;
    for (int i = 0; i < DIRECTORIES; i++) {
      entries[TABLE_ENTRIES + i] = PAGE_TABLES + (2 + i) * PAGE_BYTES | TABLE;
    }
    int first = 2 * TABLE_ENTRIES;
    for (int i = 0; i < DIRECTORIES * TABLE_ENTRIES; i++) {
      entries[first + i] = ((long) i << 21) | LARGE_PAGE;
    }
    return entries;
  }
}

package dev.jvmm.machine.boot;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * What a loader wants of an ELF file for x86 (System V gABI, chapters 4 and 5).
 *
 * <p>Thread: immutable.
 *
 * @param is64 ELF64 rather than ELF32
 * @param entry e_entry, which may be virtual
 * @param segments PT_LOAD, by physical addresses
 * @param pvhEntry what the note XEN_ELFNOTE_PHYS32_ENTRY says; -1 without one
 */
record ElfFile(boolean is64, long entry, LoadSegments segments, long pvhEntry) {

  private static final int IDENT_BYTES = 16;
  private static final int EI_CLASS = 4;
  private static final int EI_DATA = 5;
  private static final int CLASS_32 = 1;
  private static final int CLASS_64 = 2;
  private static final int DATA_LSB = 1;
  private static final int E_MACHINE = 18;
  private static final int EM_386 = 3;
  private static final int EM_X86_64 = 62;

  private static final int PT_LOAD = 1;
  private static final int PT_INTERP = 3;
  private static final int PT_NOTE = 4;

  private static final int NOTE_PHYS32_ENTRY = 18;
  private static final int NOTE_HEADER_BYTES = 12;
  private static final int XEN = 0x006E6558; // "Xen\0"

  /** A note segment above this is skipped: none is that large, and it would be read whole. */
  private static final long MAX_NOTE_BYTES = 1 << 20;

  private record ProgramHeader(int type, long align, LoadSegments.Segment segment) {}

  static boolean isIn(ByteBuffer head) {
    return ForeignFile.isElf(head);
  }

  static ElfFile parse(SourceFile file, ByteBuffer head) {
    boolean is64 = checkHeader(file, head);
    List<LoadSegments.Segment> loads = new ArrayList<>();
    long pvhEntry = -1;
    for (ProgramHeader header : programHeaders(file, head, is64)) {
      if (header.type() == PT_INTERP) {
        throw file.bad("is a program for an operating system; give a kernel");
      }
      if (header.type() == PT_LOAD && header.segment().memoryBytes() != 0) {
        loads.add(header.segment());
      }
      if (header.type() == PT_NOTE && pvhEntry < 0) {
        pvhEntry = pvhEntry(file, header);
      }
    }
    long entry = is64 ? head.getLong(24) : u32(head, 24);
    LoadSegments segments = LoadSegments.of(file, loads);
    return new ElfFile(is64, entry, segments, segments.contains(pvhEntry) ? pvhEntry : -1);
  }

  /** Whether it is a program for x86-64 that needs no dynamic linker. */
  static boolean isStaticProgram(SourceFile file, ByteBuffer head) {
    return isIn(head)
        && checkHeader(file, head)
        && programHeaders(file, head, true).stream().noneMatch(h -> h.type() == PT_INTERP);
  }

  /** Refuses what is not for x86; answers whether it is ELF64. */
  private static boolean checkHeader(SourceFile file, ByteBuffer head) {
    if (head.limit() < IDENT_BYTES) {
      throw file.bad("is truncated in its ELF header; copy it again");
    }
    int elfClass = head.get(EI_CLASS);
    if ((elfClass != CLASS_32 && elfClass != CLASS_64) || head.get(EI_DATA) != DATA_LSB) {
      throw file.bad("is no ELF file for x86; give another one");
    }
    boolean is64 = elfClass == CLASS_64;
    if (head.limit() < (is64 ? 64 : 52)) {
      throw file.bad("is truncated in its ELF header; copy it again");
    }
    int machine = u16(head, E_MACHINE);
    if (machine != EM_386 && machine != EM_X86_64) {
      throw file.bad(
          "is an ELF file for %s; give one for x86".formatted(ForeignFile.machineName(machine)));
    }
    return is64;
  }

  private static List<ProgramHeader> programHeaders(
      SourceFile file, ByteBuffer head, boolean is64) {
    long tableOffset = is64 ? head.getLong(32) : u32(head, 28);
    int entryBytes = u16(head, is64 ? 54 : 42);
    int count = u16(head, is64 ? 56 : 44);
    if (count == 0) {
      throw file.bad("has nothing to load; give a linked kernel");
    }
    if (entryBytes != (is64 ? 56 : 32)) {
      throw file.bad("has a broken ELF header; give another file");
    }
    int tableBytes = count * entryBytes;
    if (tableOffset < 0 || tableOffset > file.sizeBytes() - tableBytes) {
      throw file.bad("is truncated in its ELF program headers; copy it again");
    }
    ByteBuffer table = file.read(tableOffset, tableBytes);
    List<ProgramHeader> headers = new ArrayList<>(count);
    for (int at = 0; at < tableBytes; at += entryBytes) {
      headers.add(is64 ? header64(table, at) : header32(table, at));
    }
    return headers;
  }

  private static ProgramHeader header64(ByteBuffer t, int at) {
    return new ProgramHeader(
        t.getInt(at),
        t.getLong(at + 48),
        new LoadSegments.Segment(
            t.getLong(at + 8),
            t.getLong(at + 24),
            t.getLong(at + 16),
            t.getLong(at + 32),
            t.getLong(at + 40)));
  }

  private static ProgramHeader header32(ByteBuffer t, int at) {
    return new ProgramHeader(
        t.getInt(at),
        u32(t, at + 28),
        new LoadSegments.Segment(
            u32(t, at + 4), u32(t, at + 12), u32(t, at + 8), u32(t, at + 16), u32(t, at + 20)));
  }

  /** Looks through one PT_NOTE; a broken one says nothing. */
  private static long pvhEntry(SourceFile file, ProgramHeader header) {
    long offset = header.segment().offset();
    long length = header.segment().fileBytes();
    if (offset < 0 || length < 0 || length > MAX_NOTE_BYTES || offset > file.sizeBytes() - length) {
      return -1;
    }
    ByteBuffer notes = file.read(offset, (int) length).order(ByteOrder.LITTLE_ENDIAN);
    long align = header.align() == 8 ? 8 : 4;
    long at = 0;
    while (at <= length - NOTE_HEADER_BYTES) {
      long nameBytes = u32(notes, (int) at);
      long descBytes = u32(notes, (int) at + 4);
      long desc = aligned(at + NOTE_HEADER_BYTES + nameBytes, align);
      if (desc > length - descBytes) {
        return -1;
      }
      boolean isEntry =
          notes.getInt((int) at + 8) == NOTE_PHYS32_ENTRY
              && nameBytes == 4
              && notes.getInt((int) at + NOTE_HEADER_BYTES) == XEN;
      if (isEntry && (descBytes == 4 || descBytes == 8)) {
        return u32(notes, (int) desc);
      }
      at = aligned(desc + descBytes, align);
    }
    return -1;
  }

  private static long aligned(long offset, long align) {
    return (offset + align - 1) & -align;
  }

  private static int u16(ByteBuffer buffer, int offset) {
    return Short.toUnsignedInt(buffer.getShort(offset));
  }

  private static long u32(ByteBuffer buffer, int offset) {
    return Integer.toUnsignedLong(buffer.getInt(offset));
  }
}

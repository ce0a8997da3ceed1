package dev.jvmm.machine.boot;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Builds an ELF file of either class from the text of the gABI. */
final class ElfBuilder {

  static final int PT_LOAD = 1;
  static final int PT_INTERP = 3;
  static final int PT_NOTE = 4;

  /** One program header; {@code gpa} is physical, and linked at the same plus {@code virtual}. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Part(int type, long gpa, long virtual, byte[] content, long memoryBytes) {}

  private static final int DATA_OFFSET = 0x400;

  private final boolean is64;
  private final List<Part> parts = new ArrayList<>();
  private int machine;
  private long entry;

  ElfBuilder(boolean is64) {
    this.is64 = is64;
    this.machine = is64 ? 62 : 3;
  }

  ElfBuilder machine(int number) {
    machine = number;
    return this;
  }

  ElfBuilder entry(long address) {
    entry = address;
    return this;
  }

  ElfBuilder load(long gpa, byte[] content, long memoryBytes) {
    return part(new Part(PT_LOAD, gpa, gpa, content, memoryBytes));
  }

  ElfBuilder part(Part part) {
    parts.add(part);
    return this;
  }

  /** A PT_NOTE with one foreign note and the one that PVH wants. */
  ElfBuilder pvhNote(long pvhEntry) {
    ByteBuffer note = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    note.putInt(5).putInt(3).putInt(18).put("Other".getBytes(StandardCharsets.US_ASCII));
    note.position(20).putInt(0).putInt(4).putInt(8).putInt(18);
    note.position(24).putInt(4).putInt(8).putInt(18).put(new byte[] {'X', 'e', 'n', 0});
    note.putLong(pvhEntry);
    return part(new Part(PT_NOTE, 0, 0, note.array(), 0));
  }

  /** A MultiBoot kernel whose header has the address fields. */
  static ElfBuilder multiboot(int flags) {
    ByteBuffer header = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);
    int gpa = 1 << 20;
    header.putInt(0x1BADB002).putInt(flags).putInt(-0x1BADB002 - flags);
    header.putInt(gpa).putInt(gpa).putInt(0).putInt(0).putInt(gpa + 32);
    return new ElfBuilder(false).load(gpa, header.array(), 64).entry(gpa + 32);
  }

  byte[] bytes() {
    int dataBytes = parts.stream().mapToInt(part -> part.content().length).sum();
    ByteBuffer file = ByteBuffer.allocate(DATA_OFFSET + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x7F, 'E', 'L', 'F', (byte) (is64 ? 2 : 1), 1, 1});
    file.putShort(16, (short) 2).putShort(18, (short) machine).putInt(20, 1);
    if (is64) {
      file.putLong(24, entry).putLong(32, 64).putShort(54, (short) 56);
      file.putShort(56, (short) parts.size());
    } else {
      file.putInt(24, (int) entry).putInt(28, 52).putShort(42, (short) 32);
      file.putShort(44, (short) parts.size());
    }
    file.position(is64 ? 64 : 52);
    int offset = DATA_OFFSET;
    for (Part part : parts) {
      if (is64) {
        file.putInt(part.type()).putInt(7).putLong(offset).putLong(part.virtual());
        file.putLong(part.gpa()).putLong(part.content().length).putLong(part.memoryBytes());
        file.putLong(4);
      } else {
        file.putInt(part.type()).putInt(offset).putInt((int) part.virtual());
        file.putInt((int) part.gpa()).putInt(part.content().length);
        file.putInt((int) part.memoryBytes()).putInt(7).putInt(4);
      }
      file.put(offset, part.content());
      offset += part.content().length;
    }
    return file.array();
  }

  Path write(Path folder) throws IOException {
    return Files.write(folder.resolve("vmlinux"), bytes());
  }
}

package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A guest's low RAM, full of rubbish as a reset finds it, and a guest's way of looking at it. */
final class GuestRam {

  private static final byte RUBBISH = 0x5A;
  private static final ValueLayout.OfInt U32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong U64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment segment;
  private final GuestMemory memory;
  private final MemoryMap map;

  GuestRam(long mebibytes) {
    map = MemoryMap.of(mebibytes << 20);
    segment = Arena.ofAuto().allocate(map.lowBytes(), 4096).fill(RUBBISH);
    memory = new GuestMemory(List.of(new Region(0, segment)));
  }

  GuestMemory memory() {
    return memory;
  }

  BootRequest request(String commandLine, BootModule... modules) {
    return new BootRequest(List.of(modules), commandLine, map.e820(), MemoryMap.ACPI_TABLES);
  }

  int u8(long gpa) {
    return Byte.toUnsignedInt(segment.get(ValueLayout.JAVA_BYTE, gpa));
  }

  int u16(long gpa) {
    return u8(gpa) | (u8(gpa + 1) << 8);
  }

  long u32(long gpa) {
    return Integer.toUnsignedLong(segment.get(U32, gpa));
  }

  long u64(long gpa) {
    return segment.get(U64, gpa);
  }

  byte[] bytes(long gpa, int length) {
    return segment.asSlice(gpa, length).toArray(ValueLayout.JAVA_BYTE);
  }

  String text(long gpa) {
    return segment.getString(gpa, StandardCharsets.UTF_8);
  }
}

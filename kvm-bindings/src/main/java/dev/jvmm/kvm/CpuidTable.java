package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code struct kvm_cpuid2}: a count and as many entries (KVM API 4.46).
 *
 * <p>Thread: confined to whoever made it.
 */
final class CpuidTable {

  /** More than any processor of today has. */
  static final int USUAL_ENTRIES = 256;

  static final long COUNT = 0;
  static final long ENTRIES = 8;
  static final long FUNCTION = 0;
  static final long INDEX = 4;
  static final long FLAGS = 8;
  static final long EAX = 12;
  static final long EBX = 16;
  static final long ECX = 20;
  static final long EDX = 24;
  static final long ENTRY_SIZE = 40;

  private final MemorySegment memory;

  private CpuidTable(MemorySegment memory) {
    this.memory = memory;
  }

  /** Room for {@code capacity} entries, which is also what its count says. */
  static CpuidTable allocate(Arena arena, int capacity) {
    MemorySegment memory = arena.allocate(ENTRIES + ENTRY_SIZE * capacity, Long.BYTES);
    memory.set(JAVA_INT, COUNT, capacity);
    return new CpuidTable(memory);
  }

  static CpuidTable of(Arena arena, List<CpuidEntry> entries) {
    CpuidTable table = allocate(arena, entries.size());
    long offset = ENTRIES;
    for (CpuidEntry entry : entries) {
      MemorySegment memory = table.memory;
      memory.set(JAVA_INT, offset + FUNCTION, entry.function());
      memory.set(JAVA_INT, offset + INDEX, entry.index());
      memory.set(JAVA_INT, offset + FLAGS, entry.flags());
      memory.set(JAVA_INT, offset + EAX, entry.eax());
      memory.set(JAVA_INT, offset + EBX, entry.ebx());
      memory.set(JAVA_INT, offset + ECX, entry.ecx());
      memory.set(JAVA_INT, offset + EDX, entry.edx());
      offset += ENTRY_SIZE;
    }
    return table;
  }

  /** As many entries as its count says. */
  List<CpuidEntry> entries() {
    int count = memory.get(JAVA_INT, COUNT);
    List<CpuidEntry> entries = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long offset = ENTRIES + ENTRY_SIZE * i;
      entries.add(
          new CpuidEntry(
              memory.get(JAVA_INT, offset + FUNCTION),
              memory.get(JAVA_INT, offset + INDEX),
              memory.get(JAVA_INT, offset + FLAGS),
              memory.get(JAVA_INT, offset + EAX),
              memory.get(JAVA_INT, offset + EBX),
              memory.get(JAVA_INT, offset + ECX),
              memory.get(JAVA_INT, offset + EDX)));
    }
    return entries;
  }

  MemorySegment memory() {
    return memory;
  }
}

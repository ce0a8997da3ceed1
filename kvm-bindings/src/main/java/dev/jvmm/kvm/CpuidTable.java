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
  static final long ENTRY_SIZE = 40;

  // Where in an entry, in words of 32 bits: the table is copied whole, since each access to a
  // segment costs a
  // microsecond before it is compiled, and there are hundreds.
  static final int FUNCTION = 0;
  static final int INDEX = 1;
  static final int FLAGS = 2;
  static final int EAX = 3;
  static final int EBX = 4;
  static final int ECX = 5;
  static final int EDX = 6;
  private static final int ENTRY_WORDS = (int) ENTRY_SIZE / Integer.BYTES;

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
    int[] words = new int[ENTRY_WORDS * entries.size()];
    int at = 0;
    for (CpuidEntry entry : entries) {
      words[at + FUNCTION] = entry.function();
      words[at + INDEX] = entry.index();
      words[at + FLAGS] = entry.flags();
      words[at + EAX] = entry.eax();
      words[at + EBX] = entry.ebx();
      words[at + ECX] = entry.ecx();
      words[at + EDX] = entry.edx();
      at += ENTRY_WORDS;
    }
    MemorySegment.copy(
        MemorySegment.ofArray(words), 0, table.memory, ENTRIES, (long) Integer.BYTES * at);
    return table;
  }

  /** As many entries as its count says. */
  List<CpuidEntry> entries() {
    int count = memory.get(JAVA_INT, COUNT);
    int[] words = new int[ENTRY_WORDS * count];
    MemorySegment.copy(
        memory, ENTRIES, MemorySegment.ofArray(words), 0, (long) Integer.BYTES * words.length);
    List<CpuidEntry> entries = new ArrayList<>(count);
    for (int at = 0; at < words.length; at += ENTRY_WORDS) {
      entries.add(
          new CpuidEntry(
              words[at + FUNCTION],
              words[at + INDEX],
              words[at + FLAGS],
              words[at + EAX],
              words[at + EBX],
              words[at + ECX],
              words[at + EDX]));
    }
    return entries;
  }

  MemorySegment memory() {
    return memory;
  }
}

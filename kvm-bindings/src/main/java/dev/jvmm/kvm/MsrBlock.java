package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** {@code struct kvm_msrs}: a count and as many MSRs (KVM API 4.18). */
final class MsrBlock {

  static final long COUNT = 0;
  static final long ENTRIES = 8;
  static final long INDEX = 0;
  static final long DATA = 8;
  static final long ENTRY_SIZE = 16;

  private MsrBlock() {}

  static int get(Fd fd, int[] indices, long[] values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = block(arena, indices, values);
      int count = (int) Ioctl.call(fd, Ioctl.KVM_GET_MSRS, "KVM_GET_MSRS", block);
      for (int i = 0; i < count; i++) {
        values[i] = block.get(JAVA_LONG, ENTRIES + ENTRY_SIZE * i + DATA);
      }
      return count;
    }
  }

  static int set(Fd fd, int[] indices, long[] values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment block = block(arena, indices, values);
      return (int) Ioctl.call(fd, Ioctl.KVM_SET_MSRS, "KVM_SET_MSRS", block);
    }
  }

  private static MemorySegment block(Arena arena, int[] indices, long[] values) {
    if (indices.length != values.length) {
      throw new IllegalArgumentException(
          indices.length + " MSRs with " + values.length + " values");
    }
    MemorySegment block = arena.allocate(ENTRIES + ENTRY_SIZE * indices.length, Long.BYTES);
    block.set(JAVA_INT, COUNT, indices.length);
    for (int i = 0; i < indices.length; i++) {
      long entry = ENTRIES + ENTRY_SIZE * i;
      block.set(JAVA_INT, entry + INDEX, indices[i]);
      block.set(JAVA_LONG, entry + DATA, values[i]);
    }
    return block;
  }
}

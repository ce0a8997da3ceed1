package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory by its address, for data that was described to the kernel by address and for once has to
 * be touched by us.
 *
 * <p>Thread: safe; the caller answers for every address: it lies in a segment that stays open until
 * the call returns.
 */
public final class HostMemory {

  private static final MemorySegment ALL = all();
  private static final MemorySegment ZEROS = Arena.global().allocate(16 << 10);

  private HostMemory() {}

  // SAFETY: nothing is checked; each caller has taken its addresses from a live segment, as the
  // class says.
  @SuppressWarnings("restricted")
  private static MemorySegment all() {
    return MemorySegment.NULL.reinterpret(Long.MAX_VALUE);
  }

  public static void copy(long from, long to, long lengthBytes) {
    MemorySegment.copy(ALL, from, ALL, to, lengthBytes);
  }

  public static void clear(long address, long lengthBytes) {
    // By copies, since a slice to fill would be an object.
    for (long at = 0; at < lengthBytes; at += ZEROS.byteSize()) {
      MemorySegment.copy(ZEROS, 0, ALL, address + at, Math.min(ZEROS.byteSize(), lengthBytes - at));
    }
  }

  /** Whether every byte is zero; an empty range is. */
  public static boolean isZero(long address, long lengthBytes) {
    if (lengthBytes == 0) {
      return true;
    }
    // Zero at the start, and each byte the same as the one before: one vectorised comparison.
    return ALL.get(JAVA_BYTE, address) == 0
        && MemorySegment.mismatch(
                ALL, address, address + lengthBytes - 1, ALL, address + 1, address + lengthBytes)
            < 0;
  }
}

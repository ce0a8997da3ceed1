package dev.jvmm.block;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.Mapping;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A worker's own memory for data that can't go straight between guest and file, with an iovec for
 * it. Made when it is first needed.
 *
 * <p>Thread: confined to the worker's.
 */
final class BounceBuffer implements AutoCloseable {

  /** How much goes by it at a time: a guest's longer requests cost turns, not memory. */
  static final int SIZE_BYTES = 256 << 10;

  private final MemorySegment iovec = Arena.ofAuto().allocate(DiskFile.IOVEC_BYTES, Long.BYTES);
  private @Nullable Mapping mapping;

  MemorySegment memory() {
    Mapping made = mapping;
    if (made == null) {
      made = Mapping.anonymous(SIZE_BYTES);
      mapping = made;
    }
    return made.segment();
  }

  /** The address of one iovec over a part of it. */
  long iovec(long from, long lengthBytes) {
    iovec.set(JAVA_LONG, 0, memory().address() + from);
    iovec.set(JAVA_LONG, Long.BYTES, lengthBytes);
    return iovec.address();
  }

  @Override
  public void close() {
    if (mapping != null) {
      mapping.close();
    }
  }
}

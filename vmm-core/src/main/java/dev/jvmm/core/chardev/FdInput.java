package dev.jvmm.core.chardev;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Reads a descriptor into arrays.
 *
 * <p>Thread: one at a time.
 */
final class FdInput {

  private static final int BUFFER_BYTES = 4 * 1024;

  private final Fd fd;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

  /** Reads {@code fd}, which stays its owner's, and which never blocks or is watched. */
  FdInput(Fd fd) {
    this.fd = fd;
  }

  /** As {@link BufferedChardev#readSome}: an error is an end. */
  int read(byte[] into) {
    MemorySegment piece = buffer.asSlice(0, Math.min(BUFFER_BYTES, into.length));
    int count = fd.tryRead(piece);
    if (count > 0) {
      MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, into, 0, count);
      return count;
    }
    return count == -Errno.EAGAIN ? 0 : BufferedChardev.GONE;
  }
}

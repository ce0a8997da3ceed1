package dev.jvmm.core.chardev;

import dev.jvmm.linux.Epoll;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.ToIntFunction;

/**
 * Writes arrays to a descriptor.
 *
 * <p>Thread: one at a time.
 */
final class FdOutput {

  private static final int BUFFER_BYTES = 16 * 1024;

  /** A pipe that is ready takes this much without blocking (pipe(7), PIPE_BUF). */
  private static final int CAREFUL_BYTES = 4 * 1024;

  private static final long NANOS_A_MILLI = 1_000_000;

  private final Fd fd;
  private final ToIntFunction<MemorySegment> writer;
  private final boolean careful;
  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

  /**
   * Writes to {@code fd}, which stays its owner's.
   *
   * @param writer how: a count, or {@code -errno}
   * @param careful whether it would block, so that it is written to only when it has been found
   *     ready, and little at a time
   */
  FdOutput(Fd fd, ToIntFunction<MemorySegment> writer, boolean careful) {
    this.fd = fd;
    this.writer = writer;
    this.careful = careful;
  }

  /** As {@link BufferedChardev#writeSome}: an error is an end. */
  int write(byte[] from, int offset, int length) {
    if (careful && !awaitReady(0)) {
      return 0;
    }
    int count = Math.min(length, careful ? CAREFUL_BYTES : BUFFER_BYTES);
    // As a segment: a copy from an array begins with a switch over types, made anew at each start.
    MemorySegment.copy(MemorySegment.ofArray(from), offset, buffer, 0, count);
    int written = writer.applyAsInt(buffer.asSlice(0, count));
    if (written >= 0) {
      return written;
    }
    return written == -Errno.EAGAIN ? 0 : BufferedChardev.GONE;
  }

  /** Waits until it can be written to, at most {@code nanos}; whether it can. */
  boolean awaitReady(long nanos) {
    try (Epoll epoll = Epoll.create(1)) {
      epoll.add(fd, Epoll.OUT, 0);
      return epoll.await((int) Math.ceilDiv(nanos, NANOS_A_MILLI)) > 0;
    }
  }
}

package dev.jvmm.core.chardev;

import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;

/** The person's side of a character device: a descriptor that blocks. */
final class HostSide implements AutoCloseable {

  private final Fd in;
  private final Fd out;

  HostSide(Fd both) {
    this(both, both);
  }

  HostSide(Fd in, Fd out) {
    this.in = in;
    this.out = out;
  }

  /** Reads that many bytes, in small pieces with pauses in between where {@code slow}. */
  byte[] read(int count, boolean slow) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Random random = new Random(1);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(64 * 1024);
      while (all.size() < count) {
        int piece = Math.min(count - all.size(), slow ? 1 + random.nextInt(3_000) : 65_536);
        int length = in.read(buffer.asSlice(0, piece));
        if (length == 0) {
          throw new IllegalStateException("ended after " + all.size());
        }
        all.writeBytes(buffer.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
        if (slow && random.nextInt(4) == 0) {
          LockSupport.parkNanos(200_000); // the slowness itself, nothing waits for it
        }
      }
    }
    return all.toByteArray();
  }

  /** Writes all of it. */
  void write(byte[] data) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment buffer = arena.allocate(data.length);
      MemorySegment.copy(data, 0, buffer, ValueLayout.JAVA_BYTE, 0, data.length);
      long sent = 0;
      while (sent < data.length) {
        sent += out.write(buffer.asSlice(sent));
      }
    }
  }

  /** Whether the other side has gone. */
  boolean atEnd() {
    try (Arena arena = Arena.ofConfined()) {
      int result = in.tryRead(arena.allocate(1));
      return result == 0 || result == -Errno.EIO || result == -Errno.ECONNRESET;
    }
  }

  /** Goes, in the middle of things. */
  void hangUp() {
    in.close();
    out.close();
  }

  @Override
  public void close() {
    hangUp();
  }
}

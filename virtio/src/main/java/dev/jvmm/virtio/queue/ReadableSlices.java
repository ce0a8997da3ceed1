package dev.jvmm.virtio.queue;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the driver gave a device to read. The guest may change it at any time: copy once, then check
 * the copy.
 *
 * <p>Thread: confined to the worker of its queue.
 */
public final class ReadableSlices extends Slices {

  ReadableSlices() {}

  /**
   * Copies {@code length} bytes from byte {@code from} of this run to {@code target}, whose room
   * the caller knows; {@code false}, and no byte, where this run is shorter.
   */
  public boolean read(long from, MemorySegment target, long at, long length) {
    if (!holds(from, length)) {
      return false;
    }
    long skip = from;
    long done = 0;
    for (int i = 0; done < length; i++) {
      int size = length(i);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      long piece = Math.min(size - skip, length - done);
      MemorySegment.copy(memory(i), offset(i) + skip, target, at + done, piece);
      done += piece;
      skip = 0;
    }
    return true;
  }

  /** Copies {@code length} bytes from byte {@code from} on into the start of {@code target}. */
  public boolean read(long from, byte[] target, int length) {
    if (!holds(from, length)) {
      return false;
    }
    long skip = from;
    int done = 0;
    for (int i = 0; done < length; i++) {
      int size = length(i);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      int piece = (int) Math.min(size - skip, length - done);
      MemorySegment.copy(memory(i), ValueLayout.JAVA_BYTE, offset(i) + skip, target, done, piece);
      done += piece;
      skip = 0;
    }
    return true;
  }
}

package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * What the driver gave a device to fill. {@link SplitVirtqueue#complete} tells {@link GuestMemory}
 * what of it has been written; nobody else needs to.
 *
 * <p>Thread: confined to the worker of its queue.
 */
public final class WritableSlices extends Slices {

  private int touched; // bytes from the start that may have changed

  WritableSlices() {}

  /**
   * Copies {@code length} bytes of {@code source} to byte {@code to} of this run; {@code false},
   * and no byte, where this run is shorter.
   */
  public boolean write(long to, MemorySegment source, long from, long length) {
    if (!holds(to, length)) {
      return false;
    }
    touch(to + length);
    long skip = to;
    long done = 0;
    for (int i = 0; done < length; i++) {
      int size = length(i);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      long piece = Math.min(size - skip, length - done);
      MemorySegment.copy(source, from + done, memory(i), offset(i) + skip, piece);
      done += piece;
      skip = 0;
    }
    return true;
  }

  /** Copies the first {@code length} bytes of {@code source} to byte {@code to} of this run. */
  public boolean write(long to, byte[] source, int length) {
    return write(to, source, 0, length);
  }

  /** Copies {@code length} bytes of {@code source} from {@code from} on to byte {@code to}. */
  public boolean write(long to, byte[] source, int from, int length) {
    if (!holds(to, length)) {
      return false;
    }
    touch(to + length);
    long skip = to;
    int done = 0;
    for (int i = 0; done < length; i++) {
      int size = length(i);
      if (skip >= size) {
        skip -= size;
        continue;
      }
      int piece = (int) Math.min(size - skip, length - done);
      MemorySegment.copy(
          source, from + done, memory(i), ValueLayout.JAVA_BYTE, offset(i) + skip, piece);
      done += piece;
      skip = 0;
    }
    return true;
  }

  /**
   * Fills the last byte, where some devices put their verdict, and counts all that is before as
   * ours, whatever the driver is told of it. Only where there is a byte.
   */
  public void writeLast(int value) {
    int last = count() - 1;
    memory(last).set(ValueLayout.JAVA_BYTE, offset(last) + length(last) - 1, (byte) value);
    touch(sizeBytes());
  }

  private void touch(long length) {
    touched = (int) Math.max(touched, length);
  }

  /** Tells {@code memory} that the first {@code length} bytes of this run, or more, are ours. */
  void written(GuestMemory memory, int length) {
    int left = Math.max(length, touched);
    touched = 0;
    for (int i = 0; left > 0; i++) {
      int piece = Math.min(length(i), left);
      memory.written(gpa(i), piece);
      left -= piece;
    }
  }
}

package dev.jvmm.machine.boot;

import dev.jvmm.core.memory.GuestMemory;
import java.lang.foreign.MemorySegment;

/**
 * Writes what has been placed in the map's usable RAM, so an address that is not RAM is our bug.
 *
 * <p>Thread: as its memory.
 */
record GuestWriter(GuestMemory memory) {

  void write(long gpa, byte[] bytes) {
    write(gpa, MemorySegment.ofArray(bytes));
  }

  void write(long gpa, MemorySegment source) {
    slice(gpa, source.byteSize()).copyFrom(source);
    memory.written(gpa, source.byteSize());
  }

  /** Reads from a file straight into RAM. */
  void read(long gpa, SourceFile file, long position, long length) {
    file.read(position, slice(gpa, length));
    memory.written(gpa, length);
  }

  void write(long gpa, Payload payload) {
    payload.copyTo(slice(gpa, payload.sizeBytes()));
    memory.written(gpa, payload.sizeBytes());
  }

  void zero(long gpa, long length) {
    slice(gpa, length).fill((byte) 0);
    memory.written(gpa, length);
  }

  private MemorySegment slice(long gpa, long length) {
    MemorySegment slice = memory.slice(gpa, length);
    if (slice == null) {
      throw new IllegalArgumentException(
          "the map calls %#x+%#x usable, but it is not RAM".formatted(gpa, length));
    }
    return slice;
  }
}

package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.util.List;

/**
 * The parts of a kernel file that have an address of their own.
 *
 * <p>Thread: immutable.
 *
 * @param file where they come from
 * @param segments checked against the file and against each other, ascending
 */
record LoadSegments(SourceFile file, List<Segment> segments) {

  /**
   * A part: bytes of the file, then zeros.
   *
   * @param offset in the file
   * @param gpa where it goes
   * @param virtual what the linker calls that address
   * @param fileBytes how many come from the file
   * @param memoryBytes how many it has in memory
   */
  record Segment(long offset, long gpa, long virtual, long fileBytes, long memoryBytes) {

    boolean contains(long address) {
      return address >= gpa && address - gpa < memoryBytes;
    }

    boolean containsVirtual(long address) {
      return address - virtual >= 0 && address - virtual < memoryBytes;
    }

    long end() {
      return gpa + memoryBytes;
    }
  }

  /** Refuses what does not lie in the file, wraps around, or overlaps. */
  static LoadSegments of(SourceFile file, List<Segment> found) {
    if (found.isEmpty()) {
      throw file.bad("has nothing to load; give a linked kernel");
    }
    List<Segment> sorted = found.stream().sorted((a, b) -> Long.compare(a.gpa(), b.gpa())).toList();
    long end = 0;
    for (Segment s : sorted) {
      if (s.offset() < 0
          || s.fileBytes() < 0
          || s.memoryBytes() < s.fileBytes()
          || s.gpa() < 0
          || s.end() < 0) {
        throw file.bad("has a broken header; give another file");
      }
      if (s.offset() > file.sizeBytes() || s.fileBytes() > file.sizeBytes() - s.offset()) {
        throw file.bad(
            "is truncated, %d bytes and a part that ends behind them; copy it again"
                .formatted(file.sizeBytes()));
      }
      if (s.gpa() < end) {
        throw file.bad("has parts that overlap at %#x; link it anew".formatted(s.gpa()));
      }
      end = s.end();
    }
    return new LoadSegments(file, sorted);
  }

  /** The first address behind those that end at {@code top} or below. */
  long endBelow(long top) {
    return segments.stream()
        .mapToLong(Segment::end)
        .filter(end -> end <= top)
        .max()
        .orElse(BootArea.MIB);
  }

  /** Whether some part has this physical address. */
  boolean contains(long gpa) {
    return segments.stream().anyMatch(segment -> segment.contains(gpa));
  }

  /** The physical address of what is linked at {@code address}; -1 if that is not loaded. */
  long physical(long address) {
    for (Segment segment : segments) {
      if (segment.containsVirtual(address)) {
        return address - segment.virtual() + segment.gpa();
      }
    }
    return -1;
  }

  void check(Placement placement) {
    for (Segment segment : segments) {
      if (!placement.isFree(segment.gpa(), segment.memoryBytes())) {
        String advice =
            segment.gpa() < BootArea.MIB
                ? "which is not free; link it at 1 MiB or above"
                : "where the guest has no RAM; raise -m";
        throw new ConfigException(
            BootImage.PROPERTY,
            "%s: loads %d bytes to %#x, %s"
                .formatted(file.path(), segment.memoryBytes(), segment.gpa(), advice));
      }
    }
  }

  void load(GuestWriter writer) {
    for (Segment segment : segments) {
      writer.read(segment.gpa(), file, segment.offset(), segment.fileBytes());
      writer.zero(segment.gpa() + segment.fileBytes(), segment.memoryBytes() - segment.fileBytes());
    }
  }
}

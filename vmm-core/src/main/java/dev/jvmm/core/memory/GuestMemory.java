package dev.jvmm.core.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All RAM of a guest: the one class that turns guest-physical addresses into memory of ours.
 *
 * <p>An address that the guest picked may lie anywhere: outside RAM, across the end of a region, at
 * the top of the address space. Then the answer is {@code null} or {@code false}, never an
 * exception, and device registers are "not RAM", so no device can be made to access another.
 *
 * <p>Every write of ours into guest RAM ends in {@link #written}: the seam for migration's dirty
 * log.
 *
 * <p>Thread: safe; the contents are shared with the guest, so what is read once may have changed
 * when it is read again.
 */
public final class GuestMemory {

  private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;

  private final Region[] regions;

  /** Takes regions in any order; they do not overlap. */
  public GuestMemory(List<Region> regions) {
    this.regions = regions.toArray(Region[]::new);
    Arrays.sort(this.regions, (a, b) -> Long.compare(a.gpa(), b.gpa()));
    for (int i = 1; i < this.regions.length; i++) {
      if (this.regions[i - 1].end() > this.regions[i].gpa()) {
        throw new IllegalArgumentException("regions overlap at " + this.regions[i]);
      }
    }
  }

  /** The regions in the order of their addresses. */
  public List<Region> regions() {
    return List.of(regions);
  }

  /** Bytes of RAM in all. */
  public long sizeBytes() {
    long sum = 0;
    for (Region region : regions) {
      sum += region.sizeBytes();
    }
    return sum;
  }

  /**
   * The memory of {@code length} bytes from {@code gpa} on, or {@code null} where that is not RAM
   * from end to end. Any values are allowed.
   */
  public @Nullable MemorySegment slice(long gpa, long length) {
    Region region = region(gpa, length);
    return region == null ? null : region.memory().asSlice(gpa - region.gpa(), length);
  }

  /**
   * The region that holds {@code length} bytes from {@code gpa} on from end to end, or {@code null}
   * where none does. Any values are allowed; nothing is allocated, for paths where a slice is too
   * dear.
   */
  public @Nullable Region region(long gpa, long length) {
    if (length < 0) {
      return null;
    }
    for (Region region : regions) {
      if (region.contains(gpa, length)) {
        return region;
      }
    }
    return null;
  }

  /** Copies {@code bytes.length} bytes out of RAM; {@code false} where that is not all RAM. */
  public boolean read(long gpa, byte[] bytes) {
    MemorySegment source = slice(gpa, bytes.length);
    if (source == null) {
      return false;
    }
    MemorySegment.copy(source, BYTE, 0, bytes, 0, bytes.length);
    return true;
  }

  /** Copies all of {@code bytes} into RAM; {@code false}, and no byte, where it is not all RAM. */
  public boolean write(long gpa, byte[] bytes) {
    return write(gpa, MemorySegment.ofArray(bytes));
  }

  /** Copies all of {@code source} into RAM; {@code false}, and no byte, where it is not all RAM. */
  public boolean write(long gpa, MemorySegment source) {
    MemorySegment target = slice(gpa, source.byteSize());
    if (target == null) {
      return false;
    }
    target.copyFrom(source);
    written(gpa, source.byteSize());
    return true;
  }

  /**
   * Gives the host's pages from {@code gpa} on back to the host; what the guest finds there after
   * is zeros. Any values are allowed; nothing is allocated.
   *
   * @return how many bytes went back; 0 where that is not all RAM, or the host does not take them
   */
  public long discard(long gpa, long length) {
    Region region = region(gpa, length);
    if (region == null) {
      return 0;
    }
    long discarded = region.pages().discard(gpa - region.gpa(), length);
    written(gpa, length);
    return discarded;
  }

  /**
   * Says that we, not the guest, have changed {@code length} bytes from {@code gpa} on. KVM's dirty
   * log does not see our writes; whatever tracks them hangs here.
   */
  public void written(long gpa, long length) {
    // Nothing tracks our writes yet.
  }
}

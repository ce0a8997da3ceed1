package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.Region;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One direction of a request: pieces of guest memory that make up one run of bytes, held as
 * numbers. Each piece has been checked to be RAM from end to end, and none is empty.
 *
 * <p>Thread: confined to the worker of its queue; the contents are shared with the guest.
 */
public abstract sealed class Slices permits ReadableSlices, WritableSlices {

  private static final int INITIAL_CAPACITY = 4;

  private @Nullable Region[] regions = new @Nullable Region[INITIAL_CAPACITY];
  private long[] offsets = new long[INITIAL_CAPACITY];
  private int[] lengths = new int[INITIAL_CAPACITY];
  private int count;
  private int sizeBytes;

  Slices() {}

  /** How many pieces there are. */
  public final int count() {
    return count;
  }

  /** The bytes of all pieces. */
  public final int sizeBytes() {
    return sizeBytes;
  }

  /** The region of guest memory that holds piece {@code index}. */
  public final Region region(int index) {
    return Objects.requireNonNull(regions[Objects.checkIndex(index, count)]);
  }

  /** Where piece {@code index} begins in {@link Region#memory} of its region. */
  public final long offset(int index) {
    return offsets[Objects.checkIndex(index, count)];
  }

  /** The bytes of piece {@code index}; at least 1. */
  public final int length(int index) {
    return lengths[Objects.checkIndex(index, count)];
  }

  /** The guest-physical address of piece {@code index}. */
  public final long gpa(int index) {
    return region(index).gpa() + offset(index);
  }

  /** Whether {@code length} bytes from {@code from} on lie in these pieces; any values. */
  final boolean holds(long from, long length) {
    return from >= 0 && length >= 0 && from <= sizeBytes && length <= sizeBytes - from;
  }

  final MemorySegment memory(int index) {
    return region(index).memory();
  }

  final int capacity() {
    return lengths.length;
  }

  final void clear() {
    count = 0;
    sizeBytes = 0;
  }

  /** Gives back what a long request needed. */
  final void trim() {
    regions = new @Nullable Region[INITIAL_CAPACITY];
    offsets = new long[INITIAL_CAPACITY];
    lengths = new int[INITIAL_CAPACITY];
  }

  final void add(Region region, long offset, int length) {
    if (count == lengths.length) {
      regions = Arrays.copyOf(regions, 2 * count);
      offsets = Arrays.copyOf(offsets, 2 * count);
      lengths = Arrays.copyOf(lengths, 2 * count);
    }
    regions[count] = region;
    offsets[count] = offset;
    lengths[count] = length;
    count++;
    sizeBytes += length;
  }
}

package dev.jvmm.block;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.linux.DiskFile;
import dev.jvmm.linux.HostMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One request to a {@link BlockBackend}, made once and used again and again: a device keeps as many
 * as its queues are deep, and a request costs no memory.
 *
 * <p>Thread: the caller's, then the backend's from {@code submit} to the completion.
 *
 * <p>After its completion it is as it was submitted, so the same request can be tried again.
 */
public final class BlockRequest {

  /** The most segments of one request. */
  public static final int MAX_SEGMENTS = DiskFile.MAX_IOVECS;

  /** Told of a request's end, on the backend's event loop. */
  @FunctionalInterface
  public interface Completion {

    /**
     * The request is the caller's again.
     *
     * @param errno 0, or why it failed: EIO, ENOSPC, EPERM (read-only), EINVAL (outside the disk)
     *     or what else the host said
     */
    void completed(BlockRequest request, int errno);
  }

  /** Room for what most requests have; more is made when it is needed, and kept. */
  private static final int FEW_SEGMENTS = 16;

  private final Completion completion;
  private final int maxSegments;
  private MemorySegment iovecs; // of struct iovec
  private int room; // for so many
  private BlockOperation operation = BlockOperation.FLUSH;
  private long offset;
  private long length;
  private int segments;
  private boolean mayUnmap;

  // The backend's.
  @Nullable BlockRequest next;
  @Nullable RequestWork work;
  boolean alone; // no other request of the disk may be under way meanwhile
  boolean bounced; // the data goes by a buffer of ours
  boolean durable; // complete on stable storage only
  int errno;
  private long done;
  private int first;
  private int split = -1; // the segment that was shortened, which was:
  private long splitAddress;
  private long splitLength;

  /**
   * An empty request.
   *
   * @param maxSegments how many segments it can take, up to {@link #MAX_SEGMENTS}
   */
  public BlockRequest(int maxSegments, Completion completion) {
    if (maxSegments < 1 || maxSegments > MAX_SEGMENTS) {
      throw new IllegalArgumentException("segments: " + maxSegments);
    }
    this.maxSegments = maxSegments;
    this.completion = completion;
    this.room = Math.min(maxSegments, FEW_SEGMENTS);
    this.iovecs = newIovecs(room);
  }

  /** Freed with the request, which a backend holds as long as the kernel reads the iovecs. */
  private static MemorySegment newIovecs(int count) {
    return Arena.ofAuto().allocate((long) DiskFile.IOVEC_BYTES * count, Long.BYTES);
  }

  /** Makes it a read from {@code offset} on, without segments yet. */
  public BlockRequest read(long offset) {
    return begin(BlockOperation.READ, offset, 0, false);
  }

  /** Makes it a write from {@code offset} on, without segments yet. */
  public BlockRequest write(long offset) {
    return begin(BlockOperation.WRITE, offset, 0, false);
  }

  /** Makes it a flush. */
  public BlockRequest flush() {
    return begin(BlockOperation.FLUSH, 0, 0, false);
  }

  /** Makes it a discard of a range. */
  public BlockRequest discard(long offset, long lengthBytes) {
    return begin(BlockOperation.DISCARD, offset, lengthBytes, true);
  }

  /** Makes it a write of zeros; {@code mayUnmap} if the space need not stay allocated. */
  public BlockRequest writeZeroes(long offset, long lengthBytes, boolean mayUnmap) {
    return begin(BlockOperation.WRITE_ZEROES, offset, lengthBytes, mayUnmap);
  }

  private BlockRequest begin(BlockOperation operation, long offset, long length, boolean unmap) {
    this.operation = operation;
    this.offset = offset;
    this.length = length;
    this.mayUnmap = unmap;
    segments = 0;
    return this;
  }

  /**
   * Adds memory to a read or write. The memory is live until the completion.
   *
   * @param address the host's, inside a slice of guest memory
   * @param lengthBytes 0 adds nothing
   * @return false, and nothing added, if there are as many segments as it takes
   */
  public boolean addSegment(long address, long lengthBytes) {
    if (lengthBytes == 0) {
      return true;
    }
    if (segments == maxSegments) {
      return false;
    }
    if (segments == room) {
      grow();
    }
    setIovec(segments++, address, lengthBytes);
    length += lengthBytes;
    return true;
  }

  private void grow() {
    room = Math.min(2 * room, maxSegments);
    MemorySegment more = newIovecs(room);
    more.copyFrom(iovecs);
    iovecs = more;
  }

  /** As {@link #addSegment(long, long)} with a native segment. */
  public boolean addSegment(MemorySegment memory) {
    if (!memory.isNative()) {
      throw new IllegalArgumentException("a heap segment has no address for the kernel");
    }
    return addSegment(memory.address(), memory.byteSize());
  }

  public BlockOperation operation() {
    return operation;
  }

  /** Where on the disk it begins, in bytes. */
  public long offset() {
    return offset;
  }

  /** How many bytes of the disk it is about; 0 for a flush. */
  public long lengthBytes() {
    return length;
  }

  public boolean mayUnmap() {
    return mayUnmap;
  }

  /** How many segments a read or write has. */
  public int segmentCount() {
    return segments;
  }

  /** Where segment {@code index} begins in the host's memory. */
  public long segmentAddress(int index) {
    return address(Objects.checkIndex(index, segments));
  }

  /** The bytes of segment {@code index}. */
  public long segmentBytes(int index) {
    return length(Objects.checkIndex(index, segments));
  }

  /**
   * Ends it: a backend's part, once each time that it was submitted, on the loop.
   *
   * @param outcome 0, or an errno
   */
  public void complete(int outcome) {
    completion.completed(this, outcome);
  }

  /** Whether it lies on a disk of that size, from end to end. Any numbers are allowed. */
  boolean fits(long capacityBytes) {
    return offset >= 0 && length >= 0 && offset <= capacityBytes - length;
  }

  /** Whether every segment begins and ends at a multiple of {@code alignment}, a power of two. */
  boolean memoryAligned(int alignment) {
    long bits = 0;
    for (int i = 0; i < segments; i++) {
      bits |= address(i) | length(i);
    }
    return (bits & (alignment - 1)) == 0;
  }

  /** Whether the place on the disk is a multiple of {@code alignment} at both ends. */
  boolean placeAligned(int alignment) {
    return ((offset | length) & (alignment - 1)) == 0;
  }

  private void setIovec(int index, long address, long lengthBytes) {
    iovecs.set(JAVA_LONG, (long) DiskFile.IOVEC_BYTES * index, address);
    iovecs.set(JAVA_LONG, (long) DiskFile.IOVEC_BYTES * index + Long.BYTES, lengthBytes);
  }

  private long address(int index) {
    return iovecs.get(JAVA_LONG, (long) DiskFile.IOVEC_BYTES * index);
  }

  private long length(int index) {
    return iovecs.get(JAVA_LONG, (long) DiskFile.IOVEC_BYTES * index + Long.BYTES);
  }

  /** The iovecs of what is still to be moved. */
  long iovecsAddress() {
    return iovecs.address() + (long) DiskFile.IOVEC_BYTES * first;
  }

  int iovecCount() {
    return segments - first;
  }

  /** The memory of what is still to be moved, where {@link #iovecCount} is 1. */
  long onlyAddress() {
    return address(first);
  }

  /** Where on the disk the rest begins. */
  long position() {
    return offset + done;
  }

  long doneBytes() {
    return done;
  }

  long remainingBytes() {
    return length - done;
  }

  /** Counts bytes as moved; the rest is what the iovecs say after. */
  void advance(long bytes) {
    done += bytes;
    long left = bytes;
    while (left > 0 && left >= length(first)) {
      left -= length(first);
      restoreSplit();
      first++;
    }
    if (left > 0) {
      if (split < 0) {
        split = first;
        splitAddress = address(first);
        splitLength = length(first);
      }
      setIovec(first, address(first) + left, length(first) - left);
    }
  }

  /** Makes it whole again. */
  void rewind() {
    restoreSplit();
    first = 0;
    done = 0;
  }

  private void restoreSplit() {
    if (split >= 0) {
      setIovec(split, splitAddress, splitLength);
      split = -1;
    }
  }

  /**
   * Copies between a buffer and the segments, which nothing has advanced.
   *
   * @param from where in the request's data it begins
   * @param intoSegments the direction
   */
  void copy(long from, long buffer, long lengthBytes, boolean intoSegments) {
    long skip = from;
    long moved = 0;
    for (int i = 0; moved < lengthBytes; i++) {
      if (skip >= length(i)) {
        skip -= length(i);
        continue;
      }
      long part = Math.min(lengthBytes - moved, length(i) - skip);
      if (intoSegments) {
        HostMemory.copy(buffer + moved, address(i) + skip, part);
      } else {
        HostMemory.copy(address(i) + skip, buffer + moved, part);
      }
      moved += part;
      skip = 0;
    }
  }

  /** Whether all memory of the segments is zero. */
  boolean isZero() {
    for (int i = 0; i < segments; i++) {
      if (!HostMemory.isZero(address(i), length(i))) {
        return false;
      }
    }
    return true;
  }

  /** Makes all memory of the segments zero. */
  void clearSegments() {
    for (int i = 0; i < segments; i++) {
      HostMemory.clear(address(i), length(i));
    }
  }
}

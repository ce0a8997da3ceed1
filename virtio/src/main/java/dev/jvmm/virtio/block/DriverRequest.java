package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockLimits;
import dev.jvmm.block.BlockRequest;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.Slices;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A driver's request that the disk works on: the chain, to be completed, and what the disk was
 * asked. It is used again and again; there are never more than the queues have descriptors.
 *
 * <p>Thread: confined to the disk's loop; {@link #io} is the disk's while it works on it.
 */
final class DriverRequest implements BlockRequest.Completion {

  private static final int RANGE = 3;
  private static final int DISCARD = 0;
  private static final int CLEAR = 1;
  private static final int CLEAR_OR_UNMAP = 2;

  final BlockRequest io = new BlockRequest(BlockRequest.MAX_SEGMENTS, this);
  int place; // among those that its worker has under way
  @Nullable BlockEvent event; // of a recording that runs
  private @Nullable BlockWorker worker;
  private @Nullable DescriptorChain chain;
  private long[] ranges = {}; // offset, length and kind of each; made when first needed
  private int rangeCount;
  private int nextRange;
  private int filled;

  void begin(BlockWorker newWorker, DescriptorChain newChain) {
    worker = newWorker;
    chain = newChain;
    rangeCount = 0;
    nextRange = 0;
    filled = 0;
    event = null;
  }

  /** How many bytes from the start of what we may write are the answer. */
  int filled() {
    return filled;
  }

  void filled(int bytes) {
    filled = bytes;
  }

  DescriptorChain chain() {
    return Objects.requireNonNull(chain);
  }

  /** Has the disk move data straight to or from these bytes of guest memory. */
  boolean addSegments(Slices slices, int from, int lengthBytes) {
    int skip = from;
    int left = lengthBytes;
    for (int i = 0; left > 0; i++) {
      int length = slices.length(i);
      if (skip >= length) {
        skip -= length;
        continue;
      }
      int part = Math.min(length - skip, left);
      long address = slices.region(i).memory().address() + slices.offset(i) + skip;
      if (!io.addSegment(address, part)) {
        return false;
      }
      left -= part;
      skip = 0;
    }
    return true;
  }

  /** Another range to discard; it has been checked. */
  void addDiscard(long sector, long sectors) {
    addRange(sector, sectors, DISCARD);
  }

  /** Another range to clear; it has been checked. */
  void addClear(long sector, long sectors, boolean mayUnmap) {
    addRange(sector, sectors, mayUnmap ? CLEAR_OR_UNMAP : CLEAR);
  }

  private void addRange(long sector, long sectors, int kind) {
    if (ranges.length == 0) {
      ranges = new long[RANGE * BlockConfigSpace.MAX_RANGES];
    }
    ranges[RANGE * rangeCount] = sector * BlockLimits.SECTOR_BYTES;
    ranges[RANGE * rangeCount + 1] = sectors * BlockLimits.SECTOR_BYTES;
    ranges[RANGE * rangeCount + 2] = kind;
    rangeCount++;
  }

  /**
   * Fills in the next range: one at a time, and the first that fails ends the request.
   *
   * @return false when none is left
   */
  boolean nextRange() {
    if (nextRange == rangeCount) {
      return false;
    }
    int at = RANGE * nextRange++;
    if (ranges[at + 2] == DISCARD) {
      io.discard(ranges[at], ranges[at + 1]);
    } else {
      io.writeZeroes(ranges[at], ranges[at + 1], ranges[at + 2] == CLEAR_OR_UNMAP);
    }
    return true;
  }

  @Override
  public void completed(BlockRequest request, int errno) {
    Objects.requireNonNull(worker).completed(this, errno);
  }
}

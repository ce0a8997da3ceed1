package dev.jvmm.virtio.net;

import dev.jvmm.core.memory.Region;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.WritableSlices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Room for the next frame: the buffers that a driver has brought, in order, and behind them memory
 * of ours. So a frame goes straight to the guest, and one that is longer than what the guest has
 * brought so far is not cut: its end waits in the overflow.
 *
 * <p>What is not filled stays for the next frame, the iovecs too: they are a window that slides.
 *
 * <p>Thread: confined to the queue's worker.
 */
public final class FrameRoom {

  /** The largest frame with its header. */
  static final int MAX_BYTES = FrameHeader.BYTES + FrameHeader.MAX_FRAME_BYTES;

  /** What readv(2) takes. */
  private static final int MAX_IOVECS = 1024;

  /** All but the overflow. */
  private static final int MAX_PIECES = MAX_IOVECS - 1;

  private static final int IOVEC_BYTES = FrameOut.IOVEC_BYTES;
  private static final int SLOTS = 2 * MAX_IOVECS;
  private static final int MAX_CHAINS = 1024; // a power of two, above MAX_PIECES

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
  private static final ValueLayout.OfLong HEAD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment iovecs = arena.allocate((long) IOVEC_BYTES * (SLOTS + 1), 8);
  private final MemorySegment overflow = arena.allocate(MAX_BYTES + Long.BYTES, 8);
  private final DescriptorChain[] chains = new DescriptorChain[MAX_CHAINS];
  private int first; // of chains
  private int chainCount;
  private int start; // of iovecs
  private int pieces;
  private int capacity;

  FrameRoom() {}

  /** Whether a request's buffers can be added now. */
  boolean fits(DescriptorChain chain) {
    return pieces + chain.writable().count() <= MAX_PIECES;
  }

  /** Whether they ever can. */
  static boolean canFit(DescriptorChain chain) {
    return chain.writable().count() <= MAX_PIECES;
  }

  /** Adds a request's buffers, which fit and are not empty. */
  void add(DescriptorChain chain) {
    WritableSlices writable = chain.writable();
    if (start + pieces + writable.count() > SLOTS) {
      MemorySegment.copy(
          iovecs, (long) IOVEC_BYTES * start, iovecs, 0, (long) IOVEC_BYTES * pieces);
      start = 0;
    }
    for (int i = 0; i < writable.count(); i++) {
      Region region = writable.region(i);
      iovec(pieces++, region.memory().address() + writable.offset(i), writable.length(i));
    }
    chains[(first + chainCount++) & (MAX_CHAINS - 1)] = chain;
    capacity += writable.sizeBytes();
  }

  private void iovec(int index, long address, long length) {
    long at = (long) IOVEC_BYTES * (start + index);
    iovecs.set(LONG, at, address);
    iovecs.set(LONG, at + Long.BYTES, length);
  }

  /** How many requests' buffers there are. */
  int chainCount() {
    return chainCount;
  }

  /** The request at {@code index}. */
  DescriptorChain chain(int index) {
    return chains[(first + index) & (MAX_CHAINS - 1)];
  }

  /** Takes the first request out. */
  DescriptorChain removeFirst() {
    DescriptorChain chain = chain(0);
    first = (first + 1) & (MAX_CHAINS - 1);
    chainCount--;
    start += chain.writable().count();
    pieces -= chain.writable().count();
    capacity -= chain.writable().sizeBytes();
    return chain;
  }

  /** Bytes of the guest's buffers. */
  int capacity() {
    return capacity;
  }

  /** The address of the struct iovecs: the guest's buffers, then the overflow. */
  public long iovecs() {
    iovec(pieces, overflow.address(), MAX_BYTES);
    return iovecs.address() + (long) IOVEC_BYTES * start;
  }

  /** How many there are. */
  public int count() {
    return pieces + 1;
  }

  /**
   * Fills in a frame with its header that is somewhere else already.
   *
   * @param length at most what the largest frame has
   * @return the length
   */
  public int fill(MemorySegment source, int length) {
    int done = 0;
    for (int i = 0; i < chainCount && done < length; i++) {
      WritableSlices writable = chain(i).writable();
      int piece = Math.min(writable.sizeBytes(), length - done);
      writable.write(0, source, done, piece);
      done += piece;
    }
    if (done < length) {
      MemorySegment.copy(source, done, overflow, 0, length - done);
    }
    return length;
  }

  /** Moves the overflow's bytes to the buffers that have been added behind {@code filled} bytes. */
  void settle(int filled, int total) {
    int skip = filled;
    int done = filled;
    for (int i = 0; i < chainCount && done < total; i++) {
      WritableSlices writable = chain(i).writable();
      if (skip >= writable.sizeBytes()) {
        skip -= writable.sizeBytes();
        continue;
      }
      int piece = Math.min(writable.sizeBytes() - skip, total - done);
      writable.write(skip, overflow, done - filled, piece);
      done += piece;
      skip = 0;
    }
  }

  /** Eight bytes of what was received, the first in the lowest bits. */
  long peek(int at) {
    WritableSlices buffers = chain(0).writable();
    if (buffers.length(0) >= at + Long.BYTES) {
      return buffers.region(0).memory().get(HEAD, buffers.offset(0) + at);
    }
    long value = 0;
    for (int i = Long.BYTES - 1; i >= 0; i--) {
      value = value << 8 | octet(at + i);
    }
    return value;
  }

  private long octet(int at) {
    int skip = at;
    for (int c = 0; c < chainCount; c++) {
      WritableSlices buffers = chain(c).writable();
      for (int i = 0; i < buffers.count(); i++) {
        if (skip < buffers.length(i)) {
          long offset = buffers.offset(i) + skip;
          return Byte.toUnsignedLong(buffers.region(i).memory().get(ValueLayout.JAVA_BYTE, offset));
        }
        skip -= buffers.length(i);
      }
    }
    return Byte.toUnsignedLong(overflow.get(ValueLayout.JAVA_BYTE, skip));
  }
}

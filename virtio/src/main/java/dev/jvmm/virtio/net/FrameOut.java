package dev.jvmm.virtio.net;

import dev.jvmm.core.memory.Region;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.ReadableSlices;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A frame on its way out: the header, which is a copy that was checked, and the frame itself where
 * the guest has it. The guest may change that at any time: who looks at it copies first.
 *
 * <p>Thread: confined to the queue's worker.
 */
public final class FrameOut {

  /** What writev(2) takes; the attack that it stops: a call that fails for a chain of crumbs. */
  private static final int MAX_PIECES = 1024;

  /** An address and a length of 8 bytes each. */
  static final int IOVEC_BYTES = 16;

  private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;

  private final FrameHeader header;
  private final MemorySegment iovecs = Arena.ofAuto().allocate(IOVEC_BYTES * MAX_PIECES, 8);
  private @Nullable ReadableSlices source;
  private int count;
  private int sizeBytes;

  FrameOut(FrameHeader header) {
    this.header = header;
  }

  /** Takes a request's frame; {@code false} where it is none, or its header makes no sense. */
  boolean take(DescriptorChain chain) {
    ReadableSlices readable = chain.readable();
    sizeBytes = readable.sizeBytes();
    source = readable;
    if (readable.count() >= MAX_PIECES || !header.take(readable)) {
      return false;
    }
    count = 0;
    add(header.memory().address(), header.sizeBytes());
    int skip = header.sizeBytes();
    for (int i = 0; i < readable.count(); i++) {
      int length = readable.length(i);
      if (skip >= length) {
        skip -= length;
        continue;
      }
      Region region = readable.region(i);
      add(region.memory().address() + readable.offset(i) + skip, length - skip);
      skip = 0;
    }
    return true;
  }

  private void add(long address, long length) {
    iovecs.set(LONG, (long) IOVEC_BYTES * count, address);
    iovecs.set(LONG, (long) IOVEC_BYTES * count + Long.BYTES, length);
    count++;
  }

  /** The address of the struct iovecs; the first is the header and nothing else. */
  public long iovecs() {
    return iovecs.address();
  }

  /** How many there are. */
  public int count() {
    return count;
  }

  /** Header and frame. */
  public int sizeBytes() {
    return sizeBytes;
  }

  /** The iovecs themselves. */
  MemorySegment table() {
    return iovecs;
  }

  /** The header's copy. */
  MemorySegment headerMemory() {
    return header.memory();
  }

  /** Bytes of the header. */
  public int headerBytes() {
    return header.sizeBytes();
  }

  /** Copies {@code length} bytes of the frame; {@code false}, and no byte, where it is shorter. */
  public boolean read(int from, byte[] target, int length) {
    return source != null && source.read((long) headerBytes() + from, target, length);
  }
}

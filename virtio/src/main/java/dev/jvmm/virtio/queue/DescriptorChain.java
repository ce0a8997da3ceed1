package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.Region;

/**
 * A request: what the driver gave to read, then what it gave to fill (virtio 1.2, 2.7.4.2).
 *
 * <p>A queue hands it out by {@link SplitVirtqueue#poll} and takes it back by {@link
 * SplitVirtqueue#complete}; after that it is another request's. Warm, that allocates nothing.
 *
 * <p>Thread: confined to the worker of its queue.
 */
public final class DescriptorChain {

  private final ReadableSlices readable = new ReadableSlices();
  private final WritableSlices writable = new WritableSlices();
  private int head;
  private boolean inFlight;

  DescriptorChain() {}

  /** What the device may read. */
  public ReadableSlices readable() {
    return readable;
  }

  /** What the device may fill. */
  public WritableSlices writable() {
    return writable;
  }

  int head() {
    return head;
  }

  void begin(int newHead) {
    head = newHead;
    inFlight = true;
    readable.clear();
    writable.clear();
  }

  /** Ends its flight; {@code false} when it was not in flight, which is our bug. */
  boolean end() {
    boolean was = inFlight;
    inFlight = false;
    return was;
  }

  int capacity() {
    return readable.capacity() + writable.capacity();
  }

  void trim() {
    readable.trim();
    writable.trim();
  }

  /** Adds what can be read; {@code false} behind what can be written (virtio 1.2, 2.7.4.2). */
  boolean addReadable(Region region, long offset, int length) {
    if (writable.count() != 0) {
      return false;
    }
    readable.add(region, offset, length);
    return true;
  }

  void addWritable(Region region, long offset, int length) {
    writable.add(region, offset, length);
  }

  int sizeBytes() {
    return readable.sizeBytes() + writable.sizeBytes();
  }
}

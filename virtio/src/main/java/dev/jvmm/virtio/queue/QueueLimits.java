package dev.jvmm.virtio.queue;

/**
 * What a device allows of one of its queues.
 *
 * <p>Thread: immutable.
 *
 * @param maxSize the most descriptors, a power of two of at most {@link #MAX_SIZE}; a chain has no
 *     more either, by way of an indirect table or not
 * @param maxChainBytes the most bytes of one request; the attack that it stops: a chain that names
 *     the same memory a thousand times over to make one request of gigabytes
 */
public record QueueLimits(int maxSize, int maxChainBytes) {

  /** The largest split virtqueue (virtio 1.2, 2.7). */
  public static final int MAX_SIZE = 32768;

  /** Refuses what the specification has no room for. */
  public QueueLimits {
    if (!isSize(maxSize) || maxChainBytes < 1) {
      throw new IllegalArgumentException("queue of " + maxSize + ", " + maxChainBytes + " bytes");
    }
  }

  /** Whether a split virtqueue can have this many descriptors. */
  static boolean isSize(int size) {
    return size > 0 && size <= MAX_SIZE && Integer.bitCount(size) == 1;
  }
}

package dev.jvmm.virtio.net;

/**
 * The network behind a device: one or more pairs of queues of frames.
 *
 * <p>A frame is an Ethernet frame behind a header of {@link #begin}'s length (virtio 1.2, 5.1.6),
 * both ways.
 *
 * <p>Thread: {@link #begin} and whatever follows it, up to the end of the device, is confined to
 * the event loop that the queues are worked on; the questions before it are safe.
 */
public interface NetBackend {

  /** How many pairs of queues there can be; at least 1. */
  int maxPairs();

  /**
   * Which of {@link NetFeatures#HOST_OFFLOADS} it takes, and which of {@link
   * NetFeatures#GUEST_OFFLOADS} it can make use of.
   */
  long offloads();

  /**
   * A driver begins: nothing of the one before counts any more, and one pair is active.
   *
   * @param headerBytes 10 or 12
   * @param guestOffloads what the driver takes, of {@link NetFeatures#GUEST_OFFLOADS}
   */
  void begin(int headerBytes, long guestOffloads);

  /** The driver takes something else from now on; of {@link NetFeatures#GUEST_OFFLOADS}. */
  void guestOffloads(long offloads);

  /** The first {@code count} pairs are active, the others are not. */
  void activePairs(int count);

  /** One pair; it is there, though perhaps not active. */
  NetQueue queue(int pair);
}

package dev.jvmm.virtio.net;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.queue.QueueLimits;

/**
 * What a user says of a network device.
 *
 * <p>Thread: immutable.
 *
 * @param mac its address
 * @param features what is offered of {@link NetFeatures}; what the backend can't do is left out
 * @param pairs the most pairs of queues; with more than 1 {@link NetFeatures#MQ} is offered
 * @param link how it looks to the guest
 * @param receiveQueueSize entries of each receive queue, a power of two
 * @param transmitQueueSize entries of each transmit queue, a power of two
 */
public record NetConfig(
    MacAddress mac,
    long features,
    int pairs,
    Link link,
    int receiveQueueSize,
    int transmitQueueSize) {

  /** The most pairs (virtio 1.2, 5.1.4.1 has room for more, and nobody the CPUs). */
  public static final int MAX_PAIRS = 256;

  /** Entries of a queue, as QEMU has it. */
  public static final int DEFAULT_QUEUE_SIZE = 256;

  /** One iovec an entry, and writev(2) takes 1024. */
  private static final int MAX_QUEUE_SIZE = 1024;

  private static final int MIN_MTU = 68; // RFC 791; the specification's least
  private static final int MAX_MTU = 65535;

  /** A duplex that nobody knows. */
  public static final int UNKNOWN_DUPLEX = 0xFF;

  /**
   * What the guest is told of the link.
   *
   * @param mtu the most bytes of a packet; 0: nothing is said
   * @param speedMbits Mbit/s; -1: unknown
   * @param duplex 0 half, 1 full, {@link #UNKNOWN_DUPLEX}
   */
  public record Link(int mtu, int speedMbits, int duplex) {

    /** Nothing is said. */
    public static final Link DEFAULT = new Link(0, -1, UNKNOWN_DUPLEX);

    /** Refuses an MTU that no packet fits, or no frame. */
    public Link {
      if (mtu != 0 && (mtu < MIN_MTU || mtu > MAX_MTU)) {
        throw new ConfigException(
            "host_mtu", mtu + ": is " + MIN_MTU + " to " + MAX_MTU + ", or 0 for none");
      }
    }
  }

  /** Refuses an address that is no station's, and queues that can't be. */
  public NetConfig {
    if (mac.isGroup()) {
      throw new ConfigException(
          "mac", mac + ": is an address of a group; make its first byte even, as 52 is");
    }
    if (mac.bits() == 0) {
      throw new ConfigException("mac", mac + ": is no address; give one as 52:54:00:12:34:56");
    }
    if (pairs < 1 || pairs > MAX_PAIRS) {
      throw new ConfigException("queues", pairs + ": give 1 to " + MAX_PAIRS);
    }
    requireSize("rx_queue_size", receiveQueueSize);
    requireSize("tx_queue_size", transmitQueueSize);
    features = (features & ~NetFeatures.MQ) | (pairs > 1 ? NetFeatures.MQ : 0);
    features = (features & ~NetFeatures.MTU) | (link.mtu() != 0 ? NetFeatures.MTU : 0);
    boolean known = link.speedMbits() >= 0 || link.duplex() != UNKNOWN_DUPLEX;
    features = (features & ~NetFeatures.SPEED_DUPLEX) | (known ? NetFeatures.SPEED_DUPLEX : 0);
    features = NetFeatures.consistent(features);
  }

  /** A device of which nothing but its address is said. */
  public static NetConfig of(MacAddress mac) {
    return new NetConfig(
        mac, NetFeatures.USUAL, 1, Link.DEFAULT, DEFAULT_QUEUE_SIZE, DEFAULT_QUEUE_SIZE);
  }

  private static void requireSize(String property, int size) {
    if (size < DEFAULT_QUEUE_SIZE
        || size > Math.min(MAX_QUEUE_SIZE, QueueLimits.MAX_SIZE)
        || Integer.bitCount(size) != 1) {
      throw new ConfigException(property, size + ": is 256, 512 or 1024");
    }
  }
}

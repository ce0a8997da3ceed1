package dev.jvmm.virtio.block;

import dev.jvmm.core.vm.ConfigException;
import java.nio.charset.StandardCharsets;

/**
 * What a user says of a block device; the properties are named as QEMU names them. Whether it is
 * read-only, and how large, is its disk's to say.
 *
 * <p>Thread: immutable.
 *
 * @param queues of requests
 * @param writeCache at the start
 * @param topology the sizes that requests should have
 * @param ranges what may be done without data
 * @param serial what the guest is told when it asks who this is, up to 20 bytes of ASCII
 */
public record VirtioBlockConfig(
    Queues queues,
    WriteCache writeCache,
    BlockTopology topology,
    BlockRanges ranges,
    String serial) {

  /** As many as QEMU's: far more than there are vCPUs or vectors. */
  public static final int MAX_QUEUES = 1024;

  /** As many as Linux takes iovecs; the attack that it stops: requests without a bound. */
  public static final int MAX_QUEUE_SIZE = 1024;

  /** Bytes of the answer to VIRTIO_BLK_T_GET_ID (virtio 1.2, 5.2.6). */
  public static final int MAX_SERIAL_BYTES = 20;

  private static final int MIN_QUEUE_SIZE = 4; // header, data, status

  /** QEMU's defaults: one queue of 256, a write cache, blocks of 512 bytes, no serial. */
  public static final VirtioBlockConfig DEFAULT =
      new VirtioBlockConfig(
          new Queues(1, 256), WriteCache.ON, BlockTopology.DEFAULT, BlockRanges.DEFAULT, "");

  /**
   * The queues of requests.
   *
   * @param number 1 to {@link #MAX_QUEUES}
   * @param size descriptors of each, a power of two from 4 to {@link #MAX_QUEUE_SIZE}
   */
  public record Queues(int number, int size) {

    /** Refuses what no driver could work with. */
    public Queues {
      if (number < 1 || number > MAX_QUEUES) {
        throw new ConfigException("num-queues", number + ": give 1 to " + MAX_QUEUES);
      }
      if (!isPower(size, MIN_QUEUE_SIZE, MAX_QUEUE_SIZE)) {
        throw new ConfigException(
            "queue-size",
            "%d: give a power of two from %d to %d"
                .formatted(size, MIN_QUEUE_SIZE, MAX_QUEUE_SIZE));
      }
    }
  }

  /**
   * The write cache.
   *
   * @param on whether there is one at the start, which the guest flushes; else each write is on
   *     stable storage when it completes
   * @param switchable whether the guest may switch it (VIRTIO_BLK_F_CONFIG_WCE)
   */
  public record WriteCache(boolean on, boolean switchable) {

    /** One that the guest may switch off. */
    public static final WriteCache ON = new WriteCache(true, true);
  }

  /** Refuses a serial that does not fit, and discards that fit no block. */
  public VirtioBlockConfig {
    boolean ascii = StandardCharsets.US_ASCII.newEncoder().canEncode(serial);
    if (!ascii || serial.length() > MAX_SERIAL_BYTES) {
      throw new ConfigException(
          "serial", serial + ": give up to " + MAX_SERIAL_BYTES + " characters of ASCII");
    }
    long granule = ranges.discardGranuleBytes();
    if (granule != BlockRanges.AUTO && granule % topology.logicalBlockBytes() != 0) {
      throw new ConfigException(
          "discard_granularity",
          "%d: give a multiple of logical_block_size=%d"
              .formatted(granule, topology.logicalBlockBytes()));
    }
  }

  static boolean isPower(int value, int least, int most) {
    return value >= least && value <= most && Integer.bitCount(value) == 1;
  }

  /** The same with other queues. */
  public VirtioBlockConfig withQueues(int number, int size) {
    return new VirtioBlockConfig(new Queues(number, size), writeCache, topology, ranges, serial);
  }

  /** The same with other sizes of blocks and requests. */
  public VirtioBlockConfig withTopology(BlockTopology other) {
    return new VirtioBlockConfig(queues, writeCache, other, ranges, serial);
  }

  /** The same with other block sizes. */
  public VirtioBlockConfig withBlocks(int logicalBytes, int physicalBytes) {
    return withTopology(BlockTopology.of(logicalBytes, physicalBytes));
  }

  /** The same with another write cache. */
  public VirtioBlockConfig withWriteCache(WriteCache other) {
    return new VirtioBlockConfig(queues, other, topology, ranges, serial);
  }

  /** The same with another serial. */
  public VirtioBlockConfig withSerial(String other) {
    return new VirtioBlockConfig(queues, writeCache, topology, ranges, other);
  }

  /** The same with other discards and cleared ranges. */
  public VirtioBlockConfig withRanges(BlockRanges other) {
    return new VirtioBlockConfig(queues, writeCache, topology, other, serial);
  }
}

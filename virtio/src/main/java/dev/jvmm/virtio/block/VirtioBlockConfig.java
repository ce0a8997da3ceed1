package dev.jvmm.virtio.block;

import dev.jvmm.core.vm.ConfigException;
import java.nio.charset.StandardCharsets;

/**
 * What a user says of a block device; the properties are named as QEMU names them. Whether it is
 * read-only, and how large, is its disk's to say.
 *
 * <p>Thread: immutable.
 *
 * @param numQueues 1 to {@link #MAX_QUEUES}
 * @param queueSize descriptors of each queue, a power of two from 4 to {@link #MAX_QUEUE_SIZE}
 * @param writeCache whether there is a write cache at the start, which the guest flushes and may
 *     switch; else each write is on stable storage when it completes
 * @param logicalBlockBytes the unit of the guest's requests, a power of two from 512 to 2 MiB
 * @param physicalBlockBytes the unit that the guest should write, as large or larger
 * @param serial what the guest is told when it asks who this is, up to 20 bytes of ASCII
 * @param discard whether the guest may say what it does not need any more
 * @param writeZeroes whether it may have ranges cleared without sending zeros
 */
public record VirtioBlockConfig(
    int numQueues,
    int queueSize,
    boolean writeCache,
    int logicalBlockBytes,
    int physicalBlockBytes,
    String serial,
    boolean discard,
    boolean writeZeroes) {

  /** As many as QEMU's: far more than there are vCPUs or vectors. */
  public static final int MAX_QUEUES = 1024;

  /** As many as Linux takes iovecs; the attack that it stops: requests without a bound. */
  public static final int MAX_QUEUE_SIZE = 1024;

  /** Bytes of the answer to VIRTIO_BLK_T_GET_ID (virtio 1.2, 5.2.6). */
  public static final int MAX_SERIAL_BYTES = 20;

  /** QEMU's defaults: one queue of 256, a write cache, blocks of 512 bytes, no serial. */
  public static final VirtioBlockConfig DEFAULT =
      new VirtioBlockConfig(1, 256, true, 512, 512, "", true, true);

  private static final int MIN_QUEUE_SIZE = 4; // header, data, status
  private static final int MIN_BLOCK_BYTES = 512;
  private static final int MAX_BLOCK_BYTES = 2 << 20;

  /** Refuses what no driver could work with. */
  public VirtioBlockConfig {
    if (numQueues < 1 || numQueues > MAX_QUEUES) {
      throw new ConfigException("num-queues", numQueues + ": give 1 to " + MAX_QUEUES);
    }
    if (!isPower(queueSize, MIN_QUEUE_SIZE, MAX_QUEUE_SIZE)) {
      throw new ConfigException(
          "queue-size",
          "%d: give a power of two from %d to %d"
              .formatted(queueSize, MIN_QUEUE_SIZE, MAX_QUEUE_SIZE));
    }
    requireBlock("logical_block_size", logicalBlockBytes);
    requireBlock("physical_block_size", physicalBlockBytes);
    if (physicalBlockBytes < logicalBlockBytes) {
      throw new ConfigException(
          "logical_block_size",
          "%d: larger than physical_block_size=%d; give that or less"
              .formatted(logicalBlockBytes, physicalBlockBytes));
    }
    boolean ascii = StandardCharsets.US_ASCII.newEncoder().canEncode(serial);
    if (!ascii || serial.length() > MAX_SERIAL_BYTES) {
      throw new ConfigException(
          "serial", serial + ": give up to " + MAX_SERIAL_BYTES + " characters of ASCII");
    }
  }

  private static boolean isPower(int value, int least, int most) {
    return value >= least && value <= most && Integer.bitCount(value) == 1;
  }

  private static void requireBlock(String property, int bytes) {
    if (!isPower(bytes, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES)) {
      throw new ConfigException(
          property,
          "%d: give a power of two from %d to %d"
              .formatted(bytes, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES));
    }
  }

  /** The same with other queues. */
  public VirtioBlockConfig withQueues(int number, int size) {
    return new VirtioBlockConfig(
        number,
        size,
        writeCache,
        logicalBlockBytes,
        physicalBlockBytes,
        serial,
        discard,
        writeZeroes);
  }

  /** The same with other block sizes. */
  public VirtioBlockConfig withBlocks(int logicalBytes, int physicalBytes) {
    return new VirtioBlockConfig(
        numQueues,
        queueSize,
        writeCache,
        logicalBytes,
        physicalBytes,
        serial,
        discard,
        writeZeroes);
  }

  /** The same, with or without a write cache. */
  public VirtioBlockConfig withWriteCache(boolean on) {
    return new VirtioBlockConfig(
        numQueues,
        queueSize,
        on,
        logicalBlockBytes,
        physicalBlockBytes,
        serial,
        discard,
        writeZeroes);
  }

  /** The same with another serial. */
  public VirtioBlockConfig withSerial(String other) {
    return new VirtioBlockConfig(
        numQueues,
        queueSize,
        writeCache,
        logicalBlockBytes,
        physicalBlockBytes,
        other,
        discard,
        writeZeroes);
  }

  /** The same, with or without discards and cleared ranges. */
  public VirtioBlockConfig withRanges(boolean discards, boolean zeroes) {
    return new VirtioBlockConfig(
        numQueues,
        queueSize,
        writeCache,
        logicalBlockBytes,
        physicalBlockBytes,
        serial,
        discards,
        zeroes);
  }
}

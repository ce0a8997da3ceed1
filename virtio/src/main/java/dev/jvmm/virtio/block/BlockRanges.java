package dev.jvmm.virtio.block;

import dev.jvmm.core.vm.ConfigException;

/**
 * What the guest may have done to ranges of the disk without sending data.
 *
 * <p>Thread: immutable.
 *
 * @param discard whether it may say what it does not need any more
 * @param writeZeroes whether it may have ranges cleared
 * @param discardGranuleBytes what discards should be aligned to, whole logical blocks; {@link
 *     #AUTO}: what the disk likes
 * @param maxDiscardSectors of one range, 1 to {@link #MAX_SECTORS}
 * @param maxWriteZeroesSectors of one range, 1 to {@link #MAX_SECTORS}
 */
public record BlockRanges(
    boolean discard,
    boolean writeZeroes,
    long discardGranuleBytes,
    long maxDiscardSectors,
    long maxWriteZeroesSectors) {

  /** The disk says how discards should be aligned. */
  public static final long AUTO = -1;

  /**
   * Sectors of one range, 2 GiB; the attack it stops: one request that keeps the host for hours.
   */
  public static final int MAX_SECTORS = 1 << 22;

  /** Both, as far as they may go. */
  public static final BlockRanges DEFAULT =
      new BlockRanges(true, true, AUTO, MAX_SECTORS, MAX_SECTORS);

  private static final long MAX_GRANULE_BYTES = 1L << 31;

  /** Refuses limits that are none. */
  public BlockRanges {
    if (discardGranuleBytes != AUTO
        && (discardGranuleBytes < 0 || discardGranuleBytes > MAX_GRANULE_BYTES)) {
      throw new ConfigException(
          "discard_granularity", discardGranuleBytes + ": give up to " + MAX_GRANULE_BYTES);
    }
    requireSectors("max-discard-sectors", maxDiscardSectors);
    requireSectors("max-write-zeroes-sectors", maxWriteZeroesSectors);
  }

  /** The same, with or without either. */
  public BlockRanges with(boolean discards, boolean zeroes) {
    return new BlockRanges(
        discards, zeroes, discardGranuleBytes, maxDiscardSectors, maxWriteZeroesSectors);
  }

  private static void requireSectors(String property, long sectors) {
    if (sectors < 1 || sectors > MAX_SECTORS) {
      throw new ConfigException(property, sectors + ": give 1 to " + MAX_SECTORS);
    }
  }
}

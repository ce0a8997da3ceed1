package dev.jvmm.block;

/**
 * What a disk likes its requests to be, for the device's topology.
 *
 * <p>Thread: immutable.
 *
 * @param logicalBlockBytes the smallest unit that it takes without more work than asked
 * @param physicalBlockBytes the unit that it writes without reading first
 * @param discardBlockBytes a discard of less than this frees nothing; 0: discards do nothing
 */
public record BlockLimits(int logicalBlockBytes, int physicalBlockBytes, int discardBlockBytes) {

  /** The unit of addresses on every disk, and the least block. */
  public static final int SECTOR_BYTES = 512;

  /** Of a disk without wishes. */
  public static final BlockLimits NONE = new BlockLimits(SECTOR_BYTES, SECTOR_BYTES, SECTOR_BYTES);
}

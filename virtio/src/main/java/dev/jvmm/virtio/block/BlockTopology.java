package dev.jvmm.virtio.block;

import dev.jvmm.core.vm.ConfigException;

/**
 * What the guest is told of the sizes that requests should have (virtio 1.2, 5.2.4, topology).
 *
 * <p>Thread: immutable.
 *
 * @param logicalBlockBytes the unit of the guest's requests, a power of two from 512 to 2 MiB
 * @param physicalBlockBytes the unit that the guest should write, as large or larger
 * @param minIoBytes the least request that is not dear, whole logical blocks; 0: nothing is said
 * @param optIoBytes the request that is best for long streams, whole logical blocks; 0: nothing is
 *     said
 */
public record BlockTopology(
    int logicalBlockBytes, int physicalBlockBytes, long minIoBytes, long optIoBytes) {

  /** Blocks of 512 bytes, and nothing else said. */
  public static final BlockTopology DEFAULT = of(512, 512);

  private static final int MIN_BLOCK_BYTES = 512;
  private static final int MAX_BLOCK_BYTES = 2 << 20;
  private static final long MAX_MIN_IO_BLOCKS = 0xFFFF; // 16 bits of the configuration
  private static final long MAX_OPT_IO_BLOCKS = 0xFFFF_FFFFL;

  /** Refuses what no driver could work with. */
  public BlockTopology {
    requireBlock("logical_block_size", logicalBlockBytes);
    requireBlock("physical_block_size", physicalBlockBytes);
    if (physicalBlockBytes < logicalBlockBytes) {
      throw new ConfigException(
          "logical_block_size",
          "%d: larger than physical_block_size=%d; give that or less"
              .formatted(logicalBlockBytes, physicalBlockBytes));
    }
    requireBlocks("min_io_size", minIoBytes, logicalBlockBytes, MAX_MIN_IO_BLOCKS);
    requireBlocks("opt_io_size", optIoBytes, logicalBlockBytes, MAX_OPT_IO_BLOCKS);
  }

  /** Blocks of these sizes, and nothing else said. */
  public static BlockTopology of(int logicalBytes, int physicalBytes) {
    return new BlockTopology(logicalBytes, physicalBytes, 0, 0);
  }

  private static void requireBlock(String property, int bytes) {
    if (!VirtioBlockConfig.isPower(bytes, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES)) {
      throw new ConfigException(
          property,
          "%d: give a power of two from %d to %d"
              .formatted(bytes, MIN_BLOCK_BYTES, MAX_BLOCK_BYTES));
    }
  }

  private static void requireBlocks(String property, long bytes, int blockBytes, long most) {
    if (bytes < 0 || bytes % blockBytes != 0 || bytes / blockBytes > most) {
      throw new ConfigException(
          property,
          "%d: give a multiple of logical_block_size=%d, up to %d of them"
              .formatted(bytes, blockBytes, most));
    }
  }
}

package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockLimits;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.virtio.device.ConfigSpace;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The configuration of a block device (virtio 1.2, 5.2.4), constant but for {@code writeback}.
 *
 * <p>Thread: as {@link ConfigSpace} says; {@link #writeCache} is safe from any thread.
 */
final class BlockConfigSpace implements ConfigSpace, Resettable {

  /** Ranges of one DISCARD or WRITE_ZEROES; the attack it stops: thousands in one request. */
  static final int MAX_RANGES = 16;

  private static final int CAPACITY = 0;
  private static final int SEG_MAX = 12;
  private static final int CYLINDERS = 16;
  private static final int HEADS = 18;
  private static final int SECTORS = 19;
  private static final int BLK_SIZE = 20;
  private static final int PHYSICAL_BLOCK_EXP = 24;
  private static final int MIN_IO_SIZE = 26;
  private static final int OPT_IO_SIZE = 28;
  private static final int WRITEBACK = 32;
  private static final int NUM_QUEUES = 34;
  private static final int MAX_DISCARD_SECTORS = 36;
  private static final int MAX_DISCARD_SEG = 40;
  private static final int DISCARD_SECTOR_ALIGNMENT = 44;
  private static final int MAX_WRITE_ZEROES_SECTORS = 48;
  private static final int MAX_WRITE_ZEROES_SEG = 52;
  private static final int WRITE_ZEROES_MAY_UNMAP = 56;
  private static final int SIZE_BYTES = 60;

  // What disks say that are larger than any geometry.
  private static final int MAX_CYLINDERS = 16383;
  private static final int USUAL_HEADS = 16;
  private static final int USUAL_SECTORS = 63;

  private final ByteBuffer fields = ByteBuffer.allocate(SIZE_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private final boolean initialWriteCache;
  private final boolean switchable;
  private final Runnable switched;
  private volatile boolean writeCache;
  private boolean settable; // until the driver has said that it does not know the field

  /** {@code switched} is told when the driver has switched the write cache, by its thread. */
  BlockConfigSpace(VirtioBlockConfig config, BlockBackend backend, Runnable switched) {
    initialWriteCache = config.writeCache().on();
    switchable = config.writeCache().switchable();
    settable = switchable;
    this.switched = switched;
    writeCache = initialWriteCache;
    long sectors = backend.capacityBytes() / BlockLimits.SECTOR_BYTES;
    long cylinders = sectors / (USUAL_HEADS * USUAL_SECTORS);
    fields.putLong(CAPACITY, sectors);
    fields.putInt(SEG_MAX, segMax(config));
    fields.putShort(CYLINDERS, (short) Math.min(Math.max(cylinders, 2), MAX_CYLINDERS));
    fields.put(HEADS, (byte) USUAL_HEADS);
    fields.put(SECTORS, (byte) USUAL_SECTORS);
    topology(config.topology());
    fields.putShort(NUM_QUEUES, (short) config.queues().number());
    BlockRanges ranges = config.ranges();
    fields.putInt(MAX_DISCARD_SECTORS, (int) ranges.maxDiscardSectors());
    fields.putInt(MAX_DISCARD_SEG, MAX_RANGES);
    fields.putInt(DISCARD_SECTOR_ALIGNMENT, granuleSectors(config, backend.limits()));
    fields.putInt(MAX_WRITE_ZEROES_SECTORS, (int) ranges.maxWriteZeroesSectors());
    fields.putInt(MAX_WRITE_ZEROES_SEG, MAX_RANGES);
    fields.put(WRITE_ZEROES_MAY_UNMAP, (byte) 1);
  }

  private void topology(BlockTopology topology) {
    int logical = topology.logicalBlockBytes();
    fields.putInt(BLK_SIZE, logical);
    int blocks = topology.physicalBlockBytes() / logical;
    fields.put(PHYSICAL_BLOCK_EXP, (byte) Integer.numberOfTrailingZeros(blocks));
    fields.putShort(MIN_IO_SIZE, (short) (topology.minIoBytes() / logical));
    fields.putInt(OPT_IO_SIZE, (int) (topology.optIoBytes() / logical));
  }

  private static int granuleSectors(VirtioBlockConfig config, BlockLimits limits) {
    long said = config.ranges().discardGranuleBytes();
    long bytes =
        said == BlockRanges.AUTO
            ? Math.max(limits.discardBlockBytes(), config.topology().logicalBlockBytes())
            : said;
    return (int) (bytes / BlockLimits.SECTOR_BYTES);
  }

  /** What a chain has besides header and status. */
  private static int segMax(VirtioBlockConfig config) {
    return config.queues().size() - 2;
  }

  /** Whether a write may complete before it is on stable storage. */
  boolean writeCache() {
    return writeCache;
  }

  /**
   * The driver is ready. One that can't flush gets no write cache (5.2.5.2), and one that did not
   * take CONFIG_WCE can't have meant its writes here.
   */
  void start(long features) {
    boolean flushes = (features & BlockFeatures.FLUSH) != 0;
    boolean knows = (features & BlockFeatures.CONFIG_WCE) != 0;
    writeCache = flushes && (knows ? writeCache : initialWriteCache);
    settable = flushes && knows;
  }

  @Override
  public void reset() {
    writeCache = initialWriteCache;
    settable = switchable;
  }

  @Override
  public long read(int offset, int size) {
    if (offset > SIZE_BYTES - size) {
      return BusDevice.ALL_ONES;
    }
    fields.put(WRITEBACK, (byte) (writeCache ? 1 : 0));
    return switch (size) {
      case 1 -> fields.get(offset) & 0xFFL;
      case 2 -> fields.getShort(offset) & 0xFFFFL;
      case 4 -> fields.getInt(offset) & 0xFFFF_FFFFL;
      default -> fields.getLong(offset);
    };
  }

  @Override
  public void write(int offset, int size, long value) {
    if (offset == WRITEBACK && size == 1 && settable) {
      writeCache = (value & 0xFF) != 0;
      switched.run();
    }
  }
}

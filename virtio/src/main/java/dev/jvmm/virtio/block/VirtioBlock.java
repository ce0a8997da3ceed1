package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The block device (virtio 1.2, 5.2) in front of a {@link BlockBackend}: its queues bring reads,
 * writes, flushes, discards and clears, in any order and on any queue; data goes straight between
 * the guest's memory and the disk.
 *
 * <p>To be run by {@code new VirtioDevice(new VirtioBlock(config, backend, policy, errors),
 * features, memory, new LoopRunner(loop), interrupts)}, where {@code loop} is the backend's. A
 * backend has one such device in front of it, which outlives no I/O: reset the device, then close
 * the backend.
 *
 * <p>Not emulated: SIZE_MAX (any size will do), LIFETIME, SECURE_ERASE, ZONED, a capacity that
 * changes.
 *
 * <p>Thread: as {@link DeviceModel} says; {@link #retry} is safe from any thread. The queues'
 * workers are confined to the backend's loop.
 */
public final class VirtioBlock implements DeviceModel {

  private static final int DEVICE_ID = 2;

  /**
   * Bytes of a request, header and status too: 1 GiB, as firmware asks for, and a page. The attack
   * that it stops: one request that keeps the disk busy for minutes.
   */
  private static final int MAX_CHAIN_BYTES = (1 << 30) + 4096;

  private final VirtioBlockConfig config;
  private final BlockBackend backend;
  private final BlockConfigSpace configSpace;
  private final Disk disk;
  private final List<BlockWorker> workers = new CopyOnWriteArrayList<>();

  /**
   * A device in front of {@code backend}, whose {@link BlockBackend#afterCompletions} it takes.
   *
   * @param policy what becomes of requests that the host fails
   * @param errors told of each of them; asks the machine to stop where the policy says so
   */
  public VirtioBlock(
      VirtioBlockConfig config, BlockBackend backend, ErrorPolicy policy, IoErrors errors) {
    this.config = config;
    this.backend = backend;
    this.configSpace = new BlockConfigSpace(config, backend, this::wake);
    this.disk =
        new Disk(config, backend, configSpace, new Disk.Failures(policy, errors), this::wake);
  }

  /** There may be work, of which no driver tells. */
  private void wake() {
    workers.forEach(BlockWorker::wake);
  }

  /** The machine goes on: what {@link ErrorPolicy.Action#STOP} has kept is tried again. */
  public void retry() {
    workers.forEach(BlockWorker::retry);
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  @Override
  public long features() {
    long features =
        BlockFeatures.SEG_MAX
            | BlockFeatures.GEOMETRY
            | BlockFeatures.BLK_SIZE
            | BlockFeatures.FLUSH
            | BlockFeatures.TOPOLOGY
            | (config.writeCache().switchable() ? BlockFeatures.CONFIG_WCE : 0);
    if (config.queues().number() > 1) {
      features |= BlockFeatures.MQ;
    }
    if (backend.readOnly()) {
      return features | BlockFeatures.RO;
    }
    return features
        | (config.ranges().discard() ? BlockFeatures.DISCARD : 0)
        | (config.ranges().writeZeroes() ? BlockFeatures.WRITE_ZEROES : 0);
  }

  @Override
  public List<QueueLimits> queues() {
    return Collections.nCopies(
        config.queues().number(), new QueueLimits(config.queues().size(), MAX_CHAIN_BYTES));
  }

  @Override
  public ConfigSpace config() {
    return configSpace;
  }

  @Override
  public Run start(long features) {
    configSpace.start(features);
    return (index, queue, wake) -> serve(queue, features, wake);
  }

  private QueueWorker serve(SplitVirtqueue queue, long features, Runnable wake) {
    BlockWorker worker = new BlockWorker(disk, queue, features, wake, workers::remove);
    workers.add(worker);
    return worker;
  }
}

package dev.jvmm.machine;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockLimits;
import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.ErrorPolicy.OnError;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;
import dev.jvmm.linux.Errno;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.Numbers;
import dev.jvmm.machine.catalog.VirtioTypes;
import dev.jvmm.machine.disk.DiskConfig;
import dev.jvmm.virtio.block.BlockRanges;
import dev.jvmm.virtio.block.BlockTopology;
import dev.jvmm.virtio.block.VirtioBlock;
import dev.jvmm.virtio.block.VirtioBlockConfig;
import dev.jvmm.virtio.block.VirtioBlockConfig.Queues;
import dev.jvmm.virtio.block.VirtioBlockConfig.WriteCache;
import dev.jvmm.virtio.pci.VirtioPci;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Makes the block devices in front of the machine's disks.
 *
 * <p>Thread: used by one thread before the machine runs; {@link #retry} by the one that resumes it.
 */
final class BlockDevices {

  private final Disks disks;
  private final int cpus;
  private final GuestRequests requests;
  private final List<VirtioBlock> models = new ArrayList<>();

  /**
   * None yet.
   *
   * @param cpus how many queues a device on PCI has where the user says nothing
   * @param requests is told of what the host fails
   */
  BlockDevices(Disks disks, int cpus, GuestRequests requests) {
    this.disks = disks;
    this.cpus = cpus;
    this.requests = requests;
  }

  /** Makes one; its queues are to be worked on by the loop that its disk was opened on. */
  VirtioBlock make(DeviceProperties properties) {
    DiskConfig disk = disks.config(properties);
    BlockBackend backend = disks.backend(properties);
    String name = String.valueOf(properties.text("drive"));
    VirtioBlock model =
        new VirtioBlock(
            config(properties, disk, backend),
            backend,
            errors(properties, disk.errors()),
            (operation, errno, action) ->
                requests.ioError(
                    new VmEvent.IoError(
                        name,
                        operation == BlockOperation.READ,
                        Errno.name(errno),
                        action == ErrorPolicy.Action.STOP)));
    models.add(model);
    return model;
  }

  private VirtioBlockConfig config(
      DeviceProperties properties, DiskConfig disk, BlockBackend backend) {
    boolean pci = properties.type().bus().equals(VirtioTypes.PCI);
    String serial = properties.text("serial");
    try {
      return new VirtioBlockConfig(
          new Queues(
              properties.number("num-queues", pci ? Math.min(cpus, VirtioPci.MAX_QUEUES) : 1),
              properties.number("queue-size", VirtioBlockConfig.DEFAULT.queues().size())),
          new WriteCache(writeCache(properties, backend), properties.bool("config-wce")),
          topology(properties, backend.limits()),
          ranges(properties),
          serial == null ? disk.serial() : serial);
    } catch (ConfigException e) {
      throw new ConfigException("device", properties.spelled() + ": " + e.getMessage(), e);
    }
  }

  private static boolean writeCache(DeviceProperties properties, BlockBackend backend) {
    String said = properties.text("write-cache");
    return (said == null || said.equals("auto")) ? backend.writeCache() : said.equals("on");
  }

  private static BlockTopology topology(DeviceProperties properties, BlockLimits limits) {
    int logical = block(properties, "logical_block_size", limits.logicalBlockBytes());
    int physical = Math.max(logical, limits.physicalBlockBytes());
    return new BlockTopology(
        logical,
        block(properties, "physical_block_size", physical),
        size(properties, "min_io_size", 0),
        size(properties, "opt_io_size", 0));
  }

  private static BlockRanges ranges(DeviceProperties properties) {
    return new BlockRanges(
        properties.bool("discard"),
        properties.bool("write-zeroes"),
        size(properties, "discard_granularity", BlockRanges.AUTO),
        properties.longNumber("max-discard-sectors", BlockRanges.MAX_SECTORS),
        properties.longNumber("max-write-zeroes-sectors", BlockRanges.MAX_SECTORS));
  }

  private static int block(DeviceProperties properties, String name, int fallback) {
    return (int) Math.min(size(properties, name, fallback), Integer.MAX_VALUE); // refused as it is
  }

  private static long size(DeviceProperties properties, String name, long fallback) {
    String said = properties.text(name);
    return said == null ? fallback : Numbers.parseSize(said, 1);
  }

  private static ErrorPolicy errors(DeviceProperties properties, ErrorPolicy ofTheDrive) {
    OnError read = onError(properties.text("rerror"), ofTheDrive.onRead());
    if (read == OnError.ENOSPC) {
      throw new ConfigException(
          "device", properties.spelled() + ": rerror is one of report, ignore, stop, auto");
    }
    return new ErrorPolicy(read, onError(properties.text("werror"), ofTheDrive.onWrite()));
  }

  private static OnError onError(@Nullable String said, OnError fallback) {
    return (said == null || said.equals("auto"))
        ? fallback
        : OnError.valueOf(said.toUpperCase(Locale.ROOT));
  }

  /** The machine goes on: what has failed and was kept is tried again. */
  void retry() {
    models.forEach(VirtioBlock::retry);
  }
}

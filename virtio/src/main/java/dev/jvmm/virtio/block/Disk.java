package dev.jvmm.virtio.block;

import dev.jvmm.block.BlockBackend;
import dev.jvmm.block.BlockLimits;
import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.BlockRequest;
import dev.jvmm.block.ErrorPolicy;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * What all queues of a device share: the disk behind it, the requests at rest, and which queues
 * have something to tell the driver.
 *
 * <p>Thread: confined to the disk's loop, but for the constructor.
 */
final class Disk {

  final BlockBackend backend;
  final BlockConfigSpace config;
  final boolean readOnly;
  private final byte[] id; // what GET_ID is answered
  final long maxDiscardSectors;
  final long maxClearSectors;
  private final Failures failures;
  private final Runnable wake;
  private final BlockRequest lastFlush = new BlockRequest(1, this::settled);
  private boolean settling;
  private boolean cached; // something was written that may be in the cache
  private final long capacitySectors;
  private final int blockMask; // of the sectors in a logical block
  private final ArrayDeque<DriverRequest> atRest = new ArrayDeque<>();
  private final ArrayDeque<BlockWorker> toFlush = new ArrayDeque<>();

  /**
   * What becomes of requests that the host fails.
   *
   * @param errors is told of each
   */
  record Failures(ErrorPolicy policy, IoErrors errors) {}

  /** {@code wake} asks for a run of all queues. */
  Disk(
      VirtioBlockConfig device,
      BlockBackend backend,
      BlockConfigSpace config,
      Failures failures,
      Runnable wake) {
    this.backend = backend;
    this.config = config;
    this.readOnly = backend.readOnly();
    byte[] serial = device.serial().getBytes(StandardCharsets.US_ASCII);
    this.id = Arrays.copyOf(serial, VirtioBlockConfig.MAX_SERIAL_BYTES);
    this.maxDiscardSectors = device.ranges().maxDiscardSectors();
    this.maxClearSectors = device.ranges().maxWriteZeroesSectors();
    this.failures = failures;
    this.wake = wake;
    this.capacitySectors = backend.capacityBytes() / BlockLimits.SECTOR_BYTES;
    this.blockMask = device.topology().logicalBlockBytes() / BlockLimits.SECTOR_BYTES - 1;
    backend.afterCompletions(this::flushQueues);
  }

  /** Whether a range is whole blocks of this disk. Any numbers are allowed. */
  boolean holds(long sector, long sectors) {
    return sector >= 0
        && sectors >= 0
        && sectors <= capacitySectors
        && sector <= capacitySectors - sectors
        && ((sector | sectors) & blockMask) == 0;
  }

  /** Who it is, with zeros behind; not to be changed. */
  byte[] id() {
    return id;
  }

  /**
   * Has what is submitted from now on follow what the driver has chosen. A cache that is switched
   * off is emptied first: who is told of a write without a cache takes those before it to be on
   * stable storage as well.
   */
  void followWriteCache() {
    boolean wanted = config.writeCache();
    if (backend.writeCache() == wanted || settling) {
      return;
    }
    if (cached && !wanted) {
      cached = false;
      settling = true;
      lastFlush.flush();
      backend.submit(lastFlush);
      kick();
    }
    backend.writeCache(wanted);
  }

  void submit(BlockRequest request) {
    cached |= request.operation().changes() && backend.writeCache();
    backend.submit(request);
  }

  /** Whether a cache is being emptied: nothing is begun until it is. */
  boolean isSettling() {
    return settling;
  }

  /** A flush that fails has no driver to be told; the machine is. */
  private void settled(BlockRequest flush, int errno) {
    settling = false;
    if (errno != 0) {
      failures.errors().failed(BlockOperation.FLUSH, errno, ErrorPolicy.Action.REPORT);
    }
    wake.run();
  }

  /** What to do about a failed request; the machine has been told. */
  ErrorPolicy.Action failed(BlockOperation operation, int errno) {
    ErrorPolicy.Action action = failures.policy().decide(operation, errno);
    failures.errors().failed(operation, errno, action);
    return action;
  }

  /** Begins what was submitted, and tells drivers of what completed at once. */
  void kick() {
    backend.kick();
    flushQueues();
  }

  /** The queue has completions that its driver does not know of; said once until its flush. */
  void flushLater(BlockWorker worker) {
    toFlush.addLast(worker);
  }

  /** One interrupt a queue for all that has completed. */
  void flushQueues() {
    BlockWorker worker = toFlush.pollFirst();
    while (worker != null) {
      worker.flush();
      worker = toFlush.pollFirst();
    }
  }

  DriverRequest take() {
    DriverRequest request = atRest.pollLast();
    return request == null ? new DriverRequest() : request;
  }

  void putToRest(DriverRequest request) {
    atRest.addLast(request);
  }
}

package dev.jvmm.vhost;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.vhost.MemoryRange;
import dev.jvmm.linux.vhost.Vhost;
import java.util.ArrayList;
import java.util.List;

/**
 * A device of the kernel's for the queues of one guest, which knows the guest's memory.
 *
 * <p>Thread: made and closed by one thread; in between confined to the event loop of its queues.
 */
final class VhostDevice implements AutoCloseable {

  private final Vhost vhost;
  private final long features;
  private int started; // rings

  /**
   * Takes over a device that has no owner yet.
   *
   * @throws LinuxException if the kernel refuses: ENOTTY where it is no such device
   */
  VhostDevice(Vhost vhost) {
    this.vhost = vhost;
    this.features = LinuxException.check(vhost.tryFeatures(), "VHOST_GET_FEATURES", vhost.name());
    LinuxException.check(vhost.trySetOwner(), "VHOST_SET_OWNER", vhost.name());
  }

  Vhost vhost() {
    return vhost;
  }

  /** What the kernel can do: virtio's bits, and those of vhost's own. */
  long features() {
    return features;
  }

  /**
   * Before a ring is told of anything: what the driver has taken, and all of the guest's memory as
   * it is now. The first of several rings speaks for all.
   *
   * @throws LinuxException if the kernel refuses
   */
  void prepare(GuestMemory memory, long negotiated) {
    if (started == 0) {
      check(vhost.trySetFeatures(negotiated & features), "VHOST_SET_FEATURES");
      check(vhost.trySetMemory(ranges(memory)), "VHOST_SET_MEM_TABLE");
    }
    started++;
  }

  /** A ring that was prepared is not worked on any more. */
  void done() {
    started--;
  }

  void check(int result, String operation) {
    LinuxException.check(result, operation, vhost.name());
  }

  private static List<MemoryRange> ranges(GuestMemory memory) {
    List<MemoryRange> ranges = new ArrayList<>();
    for (Region region : memory.regions()) {
      ranges.add(new MemoryRange(region.gpa(), region.sizeBytes(), region.memory().address()));
    }
    return ranges;
  }

  /** After every ring has been stopped. */
  @Override
  public void close() {
    vhost.close();
  }
}

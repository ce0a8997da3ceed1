package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.GuestMemory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The three parts of a split virtqueue in guest memory, checked: of the right size, aligned, RAM
 * from end to end. They may overlap; that harms the guest alone.
 *
 * <p>Thread: immutable; the contents are shared with the guest.
 *
 * @param size the number of descriptors
 * @param descriptors the descriptor area (virtio 1.2, 2.7.5)
 * @param avail the driver area (2.7.6)
 * @param used the device area (2.7.8)
 * @param usedGpa the guest-physical address of {@code used}
 */
public record QueueRings(
    int size, MemorySegment descriptors, MemorySegment avail, MemorySegment used, long usedGpa) {

  private static final int DESCRIPTOR_ALIGNMENT = 16;
  private static final int AVAIL_ALIGNMENT = 2;
  private static final int USED_ALIGNMENT = 4;

  /** What the driver says of a queue. Any values. */
  public record Addresses(int size, long descriptors, long avail, long used) {}

  /** The rings that a driver has named, or {@code null} where section 2.7 does not allow them. */
  public static @Nullable QueueRings of(GuestMemory memory, int maxSize, Addresses driver) {
    int size = driver.size();
    if (!QueueLimits.isSize(size)
        || size > maxSize
        || driver.descriptors() % DESCRIPTOR_ALIGNMENT != 0
        || driver.avail() % AVAIL_ALIGNMENT != 0
        || driver.used() % USED_ALIGNMENT != 0) {
      return null;
    }
    MemorySegment descriptors =
        memory.slice(driver.descriptors(), (long) size * DescriptorTable.DESCRIPTOR_BYTES);
    MemorySegment avail = memory.slice(driver.avail(), AvailRing.sizeBytes(size));
    MemorySegment used = memory.slice(driver.used(), UsedRing.sizeBytes(size));
    return descriptors == null || avail == null || used == null
        ? null
        : new QueueRings(size, descriptors, avail, used, driver.used());
  }
}

package dev.jvmm.virtio.queue;

import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;

/**
 * The walk along a chain of descriptors, which the guest may make a loop, a lie, or change under
 * our feet: it takes a bounded number of steps and reads each field once.
 *
 * <p>Thread: confined to the worker of its queue.
 */
final class ChainWalk {

  private final GuestMemory memory;
  private final DescriptorTable direct = new DescriptorTable();
  private final DescriptorTable indirect = new DescriptorTable();
  private final boolean indirectAllowed;
  private final QueueLimits limits;

  ChainWalk(GuestMemory memory, QueueRings rings, boolean indirectAllowed, QueueLimits limits) {
    this.memory = memory;
    this.indirectAllowed = indirectAllowed;
    this.limits = limits;
    direct.pointTo(rings.descriptors(), 0, rings.size());
  }

  /** Fills {@code chain} from its head on; {@code false} when the driver broke a rule. */
  boolean walk(DescriptorChain chain) {
    DescriptorTable table = direct;
    int index = chain.head();
    // A loop ends here, too: no chain is longer than the queue (2.7.5.3.1), plus the one
    // descriptor that leads to an indirect table.
    for (int steps = 0; steps <= limits.maxSize(); steps++) {
      if (index >= table.count()) {
        return false;
      }
      long address = table.address(index);
      long rest = table.rest(index);
      int flags = DescriptorTable.flags(rest);
      if ((flags & DescriptorTable.F_INDIRECT) != 0) {
        if (table == indirect || !enterIndirect(address, rest)) {
          return false;
        }
        table = indirect;
        index = 0;
        continue;
      }
      if (!add(chain, address, DescriptorTable.length(rest), flags)) {
        return false;
      }
      if ((flags & DescriptorTable.F_NEXT) == 0) {
        return true;
      }
      index = DescriptorTable.next(rest);
    }
    return false;
  }

  /** Section 2.7.5.3: last of the direct chain, a whole number of descriptors; WRITE is ignored. */
  private boolean enterIndirect(long address, long rest) {
    long length = DescriptorTable.length(rest);
    if (!indirectAllowed
        || (DescriptorTable.flags(rest) & DescriptorTable.F_NEXT) != 0
        || length == 0
        || length % DescriptorTable.DESCRIPTOR_BYTES != 0) {
      return false;
    }
    Region region = memory.region(address, length);
    if (region == null) {
      return false;
    }
    indirect.pointTo(
        region.memory(), address - region.gpa(), (int) (length / DescriptorTable.DESCRIPTOR_BYTES));
    return true;
  }

  private boolean add(DescriptorChain chain, long address, long length, int flags) {
    if (length > limits.maxChainBytes() - chain.sizeBytes()) {
      return false;
    }
    boolean writable = (flags & DescriptorTable.F_WRITE) != 0;
    if (length == 0) {
      return true; // holds nothing, wherever it points
    }
    Region region = memory.region(address, length);
    if (region == null) {
      return false;
    }
    long offset = address - region.gpa();
    if (!writable) {
      return chain.addReadable(region, offset, (int) length);
    }
    chain.addWritable(region, offset, (int) length);
    return true;
  }
}

package dev.jvmm.core.memory;

import java.lang.foreign.MemorySegment;

/**
 * A run of guest RAM that lies in one piece in the host's memory.
 *
 * <p>Thread: immutable; its contents are shared with the guest.
 *
 * @param gpa the guest-physical address of its first byte, a multiple of 4 KiB
 * @param memory the host's memory; closed last, after every vCPU and I/O thread has been joined
 * @param pages the pages of the host behind it
 */
public record Region(long gpa, MemorySegment memory, HostPages pages) {

  /** Refuses what no memory slot takes. */
  public Region {
    if (gpa < 0 || (gpa & 0xFFF) != 0 || memory.byteSize() == 0) {
      throw new IllegalArgumentException("region %#x+%#x".formatted(gpa, memory.byteSize()));
    }
  }

  /** RAM whose pages stay the guest's. */
  public Region(long gpa, MemorySegment memory) {
    this(gpa, memory, HostPages.KEPT);
  }

  /** Its length in bytes. */
  public long sizeBytes() {
    return memory.byteSize();
  }

  /** The guest-physical address behind its last byte. */
  public long end() {
    return gpa + sizeBytes();
  }

  boolean contains(long address, long length) {
    return address >= gpa && length <= sizeBytes() && address - gpa <= sizeBytes() - length;
  }
}

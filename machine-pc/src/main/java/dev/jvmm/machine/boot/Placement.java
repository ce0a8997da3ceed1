package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.util.List;

/**
 * Finds room in the usable RAM of a map.
 *
 * <p>Thread: immutable.
 */
final class Placement {

  private static final long PAGE_BYTES = 4096;

  private final List<E820Entry> map;

  Placement(List<E820Entry> map) {
    this.map = map;
  }

  /** Whether all of it is RAM that the guest may use and the boot structures do not. */
  boolean isFree(long gpa, long length) {
    return gpa >= BootArea.END && length >= 0 && length <= usableEnd(gpa) - gpa;
  }

  /** The end of the usable RAM that begins at 1 MiB or before. */
  long lowTop() {
    return usableEnd(BootArea.MIB);
  }

  /** The end of the usable RAM around {@code gpa}; {@code gpa} itself where there is none. */
  private long usableEnd(long gpa) {
    for (E820Entry entry : map) {
      if (entry.type() == E820Entry.Type.USABLE && gpa >= entry.gpa() && gpa < entry.end()) {
        return entry.end();
      }
    }
    return gpa;
  }

  /**
   * The highest page-aligned address below {@code limit} for an initrd.
   *
   * @param kernelEnd the first address behind what the kernel needs at its start
   * @param limit the first address that the kernel can't reach
   */
  long initrd(Payload initrd, long kernelEnd, long limit) {
    long top = Math.min(lowTop(), limit);
    long gpa = (top - initrd.sizeBytes()) & -PAGE_BYTES;
    if (initrd.sizeBytes() <= top && gpa >= kernelEnd) {
      return gpa;
    }
    long missing = kernelEnd - gpa;
    String advice =
        missing > limit - top
            ? "give a smaller one, this kernel takes it below %#x only".formatted(limit)
            : "raise -m";
    throw doesNotFit(initrd, missing, advice);
  }

  /** The lowest page-aligned address behind {@code end} for a module of MultiBoot. */
  long behind(long end, Payload module) {
    long gpa = pageAligned(end);
    long missing = module.sizeBytes() - (lowTop() - gpa);
    if (missing > 0) {
      throw doesNotFit(module, missing, "raise -m");
    }
    return gpa;
  }

  static long pageAligned(long address) {
    return (address + PAGE_BYTES - 1) & -PAGE_BYTES;
  }

  private static ConfigException doesNotFit(Payload payload, long missing, String advice) {
    return new ConfigException(
        "initrd",
        "%s: its %d bytes do not fit beside the kernel, %d bytes are missing; %s"
            .formatted(payload.name(), payload.sizeBytes(), missing, advice));
  }
}

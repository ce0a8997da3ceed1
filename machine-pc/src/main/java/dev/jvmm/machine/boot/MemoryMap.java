package dev.jvmm.machine.boot;

import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a PC's RAM lies: below the hole for devices at 3 GiB, the rest from 4 GiB on.
 *
 * <p>Thread: immutable.
 *
 * @param lowBytes RAM from address 0 on
 * @param highBytes RAM from 4 GiB on, 0 where all of it fits below the hole
 */
public record MemoryMap(long lowBytes, long highBytes) {

  /** The least that holds the boot structures and a kernel at 1 MiB. */
  public static final long MIN_BYTES = 2L << 20;

  /** Where the hole for devices begins. */
  public static final long LOW_LIMIT = 3L << 30;

  /** Where RAM goes on behind the hole. */
  public static final long HIGH_START = 4L << 30;

  /** End of conventional memory: the extended BIOS data area lies from here to 0xA0000. */
  public static final long EBDA = 0x9FC00;

  /** First address of the ACPI tables; reserved from here to 1 MiB. */
  public static final long ACPI_TABLES = 0xE0000;

  /** First address of the SMBIOS tables. */
  public static final long SMBIOS_TABLES = 0xF0000;

  /** Where a PC has its BIOS, and KVM, just below, the pages that real mode costs it on Intel. */
  private static final long FIRMWARE = 0xFFFB_C000L;

  private static final long VGA = 0xA0000;
  private static final long MIB = 1L << 20;
  private static final long PAGE_BYTES = 4096;

  /** Places {@code ramBytes} of RAM, rounded up to whole pages. */
  public static MemoryMap of(long ramBytes) {
    if (ramBytes < MIN_BYTES) {
      throw new ConfigException(
          "m", ramBytes + " bytes: a PC needs 2 MiB at least; give -m 2 or more");
    }
    if (ramBytes > Long.MAX_VALUE - HIGH_START) {
      throw new ConfigException("m", ramBytes + " bytes: more than can be addressed; give less");
    }
    long bytes = (ramBytes + PAGE_BYTES - 1) & -PAGE_BYTES;
    long low = Math.min(bytes, LOW_LIMIT);
    return new MemoryMap(low, bytes - low);
  }

  /**
   * A run of RAM.
   *
   * @param gpa its first address
   * @param sizeBytes how much
   */
  public record Run(long gpa, long sizeBytes) {}

  /** The RAM, in ascending order. */
  public List<Run> ram() {
    return highBytes == 0
        ? List.of(new Run(0, lowBytes))
        : List.of(new Run(0, lowBytes), new Run(HIGH_START, highBytes));
  }

  /** The address behind the last byte of RAM. */
  public long end() {
    return highBytes == 0 ? lowBytes : HIGH_START + highBytes;
  }

  /** All RAM in bytes. */
  public long ramBytes() {
    return lowBytes + highBytes;
  }

  /** What the guest is told, in ascending order. */
  public List<E820Entry> e820() {
    List<E820Entry> map = new ArrayList<>();
    map.add(new E820Entry(0, EBDA, E820Entry.Type.USABLE));
    map.add(new E820Entry(EBDA, VGA - EBDA, E820Entry.Type.RESERVED));
    map.add(new E820Entry(ACPI_TABLES, MIB - ACPI_TABLES, E820Entry.Type.RESERVED));
    map.add(new E820Entry(MIB, lowBytes - MIB, E820Entry.Type.USABLE));
    map.add(new E820Entry(FIRMWARE, HIGH_START - FIRMWARE, E820Entry.Type.RESERVED));
    if (highBytes > 0) {
      map.add(new E820Entry(HIGH_START, highBytes, E820Entry.Type.USABLE));
    }
    return List.copyOf(map);
  }
}

package dev.jvmm.machine.pci;

/**
 * Where the guest may put BARs: what the host bridge passes on to its bus.
 *
 * <p>Thread: immutable.
 *
 * @param highStart the first address of the window above RAM
 * @param highBytes how large that window is, 0 where there is no room for one
 */
public record PciWindows(long highStart, long highBytes) {

  /** The first address of the window below 4 GiB. */
  public static final long LOW_START = 0xC000_0000L;

  /** Behind its last address: where the I/O APIC is. */
  public static final long LOW_END = 0xFEC0_0000L;

  /** More than any set of BARs takes; page tables of the guest may grow with it. */
  private static final long MAX_HIGH_BYTES = 512L << 30;

  private static final long ALIGNMENT = 1L << 30;
  private static final long FOUR_GIB = 4L << 30;

  /** Refuses a window that can't be described. */
  public PciWindows {
    if (highStart < FOUR_GIB || highBytes < 0) {
      throw new IllegalArgumentException("window %#x+%#x".formatted(highStart, highBytes));
    }
  }

  /**
   * The windows of a machine.
   *
   * @param ramEnd behind the last byte of RAM
   * @param physBits how many bits of physical address its CPUs have
   */
  public static PciWindows above(long ramEnd, int physBits) {
    long start = (Math.max(ramEnd, FOUR_GIB) + ALIGNMENT - 1) & -ALIGNMENT;
    long room = Math.max(0, (1L << physBits) - start);
    return new PciWindows(start, Math.min(room, MAX_HIGH_BYTES));
  }
}

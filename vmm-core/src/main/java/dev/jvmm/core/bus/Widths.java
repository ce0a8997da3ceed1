package dev.jvmm.core.bus;

/**
 * The access widths that a mapping answers, since on x86 they are part of an address: 32 bits at
 * 0xCF8 is PCI's CONFIG_ADDRESS, 8 bits at 0xCF9 is the reset register.
 *
 * <p>Thread: immutable.
 *
 * @param mask the sum of the widths in bytes: 1, 2, 4 and 8 are bits of their own
 */
public record Widths(int mask) {

  /** Every width that a CPU has. */
  public static final Widths ANY = new Widths(1 | 2 | 4 | 8);

  public static final Widths BYTE = new Widths(1);
  public static final Widths WORD = new Widths(2);
  public static final Widths DWORD = new Widths(4);

  /** Refuses a mask that holds no width, or what is none. */
  public Widths {
    if (mask < 1 || mask > 15) {
      throw new IllegalArgumentException("widths " + mask);
    }
  }

  /** Whether an access of {@code size} bytes is one of these; KVM gives odd sizes for MMIO. */
  public boolean contains(int size) {
    return (mask & size) == size; // 3, 5, 6 and 7 are none
  }
}

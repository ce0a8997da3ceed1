package dev.jvmm.kvm;

/** The control bits of {@link VcpuFd#setGuestDebug} (KVM API 4.87). */
public final class GuestDebug {

  public static final int ENABLE = 1;
  public static final int SINGLE_STEP = 2;

  /** INT3 leaves to user space. */
  public static final int SOFTWARE_BREAKPOINTS = 0x1_0000;

  /** The debug registers given are in force instead of the guest's. */
  public static final int HARDWARE_BREAKPOINTS = 0x2_0000;

  /** No interrupts while stepping. */
  public static final int BLOCK_INTERRUPTS = 0x10_0000;

  private GuestDebug() {}
}

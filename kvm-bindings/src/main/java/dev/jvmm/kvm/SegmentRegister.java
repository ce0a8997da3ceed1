package dev.jvmm.kvm;

/**
 * A segment register with its hidden part.
 *
 * @param selector what the guest sees of it
 * @param base its base
 * @param limit its limit in bytes, less one, whatever the granularity bit says
 * @param accessRights bits 0 to 3 the type, then {@link #S}, the privilege level at {@link
 *     #DPL_SHIFT}, and the flags below, where a VMX access-rights word has them (Intel SDM 3,
 *     25.4.1)
 */
public record SegmentRegister(int selector, long base, int limit, int accessRights) {

  /** Code or data, rather than system. */
  public static final int S = 1 << 4;

  /** Where the two bits of the privilege level begin. */
  public static final int DPL_SHIFT = 5;

  public static final int PRESENT = 1 << 7;

  /** Free for the system's own use. */
  public static final int AVL = 1 << 12;

  /** 64-bit code. */
  public static final int L = 1 << 13;

  /** 32-bit code or stack. */
  public static final int DB = 1 << 14;

  /** The limit counted 4 KiB pages in the descriptor. */
  public static final int G = 1 << 15;

  public static final int UNUSABLE = 1 << 16;

  /** The type of readable code that has been accessed. */
  public static final int TYPE_CODE = 0xB;

  /** The type of writable data that has been accessed. */
  public static final int TYPE_DATA = 0x3;

  /** The type of a busy 32- or 64-bit TSS. */
  public static final int TYPE_BUSY_TSS = 0xB;
}

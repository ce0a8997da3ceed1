package dev.jvmm.kvm;

/**
 * Memory of ours that a guest sees ({@code struct kvm_userspace_memory_region}, KVM API 4.35).
 *
 * @param slot which one, below what {@link Capability#NR_MEMSLOTS} says
 * @param flags {@link #LOG_DIRTY_PAGES}, {@link #READONLY}, or 0
 * @param gpa where the guest sees it; a multiple of 4 KiB
 * @param sizeBytes a multiple of 4 KiB; 0 takes the slot away
 * @param hva where we have it; congruent with {@code gpa} modulo 2 MiB if it shall be fast
 */
public record MemorySlot(int slot, int flags, long gpa, long sizeBytes, long hva) {

  /** Record what the guest writes, for {@link VmFd#dirtyLog}. */
  public static final int LOG_DIRTY_PAGES = 1;

  /** A guest's write is an MMIO exit. */
  public static final int READONLY = 2;

  /** What takes a slot away. */
  public static MemorySlot removed(int slot) {
    return new MemorySlot(slot, 0, 0, 0, 0);
  }
}

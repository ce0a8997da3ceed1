package dev.jvmm.vcpu;

/**
 * How the boot processor starts. Interrupts are off, RFLAGS is 2, and every register that is not
 * named here is 0.
 *
 * <p>Both modes: the GDT lies in guest RAM at {@link #gdtGpa}; CS is {@link #CODE_SELECTOR}, the
 * data and stack segments {@link #DATA_SELECTOR}, all with base 0 and limit 4 GiB, TR {@link
 * #TASK_SELECTOR} (a busy TSS, base 0, limit 0x67).
 *
 * <p>Thread: immutable.
 *
 * @param mode which segments, CR0, CR4 and EFER
 * @param rip the first instruction, a physical address
 * @param rsp a small stack for kernels that use one before they have their own
 * @param rax what MultiBoot wants there
 * @param rbx PVH's start info or MultiBoot's information
 * @param rsi Linux's zero page
 * @param cr3 root of the page tables, which map the first 4 GiB one to one; 0 in protected mode
 * @param gdtGpa the descriptor table
 * @param gdtLimit its size minus 1
 */
public record EntryState(
    Mode mode,
    long rip,
    long rsp,
    long rax,
    long rbx,
    long rsi,
    long cr3,
    long gdtGpa,
    int gdtLimit) {

  /** Selector of the boot code segment. */
  public static final int CODE_SELECTOR = 0x10;

  /** Selector of the boot data and stack segment. */
  public static final int DATA_SELECTOR = 0x18;

  /** Selector of the task state segment, which VMX wants in TR. */
  public static final int TASK_SELECTOR = 0x20;

  /** What the processor is like at the first instruction. */
  public enum Mode {
    /** CR0.PE only; code and data segments of 32 bits. */
    PROTECTED_32,
    /** CR0.PE and PG, CR4.PAE, EFER.LME and LMA; a code segment of 64 bits. */
    LONG_64
  }
}

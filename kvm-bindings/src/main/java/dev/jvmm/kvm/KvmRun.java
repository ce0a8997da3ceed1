package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * The page that a vCPU shares with the kernel ({@code struct kvm_run}, KVM API 5): why the guest
 * left, and what it wants.
 *
 * <p>Thread: the vCPU's own, but for {@link #setImmediateExit}, which is safe from any.
 *
 * <p>What an exit says lies in a union: a group's accessors mean something only after that exit.
 * The kernel fills it, so sizes and offsets can be believed; what the guest chose (addresses, data)
 * can't.
 */
public final class KvmRun {

  /** The guest reads a port. */
  public static final int IO_IN = 0;

  /** The guest writes a port. */
  public static final int IO_OUT = 1;

  static final long IMMEDIATE_EXIT = 1;
  static final long EXIT_REASON = 8;
  static final long READY_FOR_INTERRUPT_INJECTION = 12;
  static final long IF_FLAG = 13;
  static final long FLAGS = 14;
  static final long CR8 = 16;
  static final long APIC_BASE = 24;

  /** Where the union of all exits begins. */
  static final long EXIT = 32;

  static final long HARDWARE_EXIT_REASON = EXIT;
  static final long FAIL_ENTRY_REASON = EXIT;
  static final long FAIL_ENTRY_CPU = EXIT + 8;
  static final long IO_DIRECTION = EXIT;
  static final long IO_SIZE = EXIT + 1;
  static final long IO_PORT = EXIT + 2;
  static final long IO_COUNT = EXIT + 4;
  static final long IO_DATA_OFFSET = EXIT + 8;
  static final long DEBUG_EXCEPTION = EXIT;
  static final long DEBUG_PC = EXIT + 8;
  static final long DEBUG_DR6 = EXIT + 16;
  static final long DEBUG_DR7 = EXIT + 24;
  static final long MMIO_ADDRESS = EXIT;
  static final long MMIO_DATA = EXIT + 8;
  static final long MMIO_LENGTH = EXIT + 16;
  static final long MMIO_IS_WRITE = EXIT + 20;
  static final long HYPERCALL_NUMBER = EXIT;
  static final long HYPERCALL_ARGUMENTS = EXIT + 8;
  static final long HYPERCALL_RESULT = EXIT + 56;
  static final long INTERNAL_SUBERROR = EXIT;
  static final long INTERNAL_COUNT = EXIT + 4;
  static final long INTERNAL_DATA = EXIT + 8;
  static final int INTERNAL_DATA_MAX = 16;
  static final long SYSTEM_EVENT_TYPE = EXIT;
  static final long SYSTEM_EVENT_COUNT = EXIT + 4;
  static final long SYSTEM_EVENT_DATA = EXIT + 8;
  static final int SYSTEM_EVENT_DATA_MAX = 16;
  static final long EOI_VECTOR = EXIT;
  static final long MSR_ERROR = EXIT;
  static final long MSR_REASON = EXIT + 8;
  static final long MSR_INDEX = EXIT + 12;
  static final long MSR_DATA = EXIT + 16;
  static final long NOTIFY_FLAGS = EXIT;

  private static final VarHandle BYTE = JAVA_BYTE.varHandle();

  private final MemorySegment run;

  /** Over the whole of what a vCPU's descriptor maps, or a test's memory in its place. */
  public KvmRun(MemorySegment run) {
    this.run = run;
  }

  // --- Every exit

  /** One of {@link ExitReason}, or a number that is newer than jvmm. */
  public int exitReason() {
    return run.get(JAVA_INT, EXIT_REASON);
  }

  /**
   * Makes KVM_RUN return at once with {@link RunOutcome#INTERRUPTED}, or no longer.
   *
   * <p>A kick from another thread: store the request, set this, then signal. The vCPU's thread
   * clears it before it looks at the requests; in the other order a request could be lost.
   */
  public void setImmediateExit(boolean immediate) {
    BYTE.setVolatile(run, IMMEDIATE_EXIT, (byte) (immediate ? 1 : 0));
  }

  public boolean immediateExit() {
    return (byte) BYTE.getVolatile(run, IMMEDIATE_EXIT) != 0;
  }

  /**
   * Whether the guest would take an interrupt now; counts only without an irqchip in the kernel.
   */
  public boolean readyForInterruptInjection() {
    return run.get(JAVA_BYTE, READY_FOR_INTERRUPT_INJECTION) != 0;
  }

  /** The guest's interrupt flag; counts only without an irqchip in the kernel. */
  public boolean interruptFlag() {
    return run.get(JAVA_BYTE, IF_FLAG) != 0;
  }

  /** Bit 0: in system management mode. */
  public int flags() {
    return Short.toUnsignedInt(run.get(JAVA_SHORT, FLAGS));
  }

  public long cr8() {
    return run.get(JAVA_LONG, CR8);
  }

  public long apicBase() {
    return run.get(JAVA_LONG, APIC_BASE);
  }

  // --- IO

  /** {@link #IO_IN} or {@link #IO_OUT}. */
  public int ioDirection() {
    return run.get(JAVA_BYTE, IO_DIRECTION);
  }

  /** The width of one access: 1, 2 or 4 bytes. */
  public int ioSize() {
    return run.get(JAVA_BYTE, IO_SIZE);
  }

  public int ioPort() {
    return Short.toUnsignedInt(run.get(JAVA_SHORT, IO_PORT));
  }

  /** How many accesses: more than 1 for string instructions. */
  public int ioCount() {
    return run.get(JAVA_INT, IO_COUNT);
  }

  /** Where in this memory the data is: {@code ioCount * ioSize} bytes. */
  public long ioDataOffset() {
    return run.get(JAVA_LONG, IO_DATA_OFFSET);
  }

  /**
   * What the guest wrote in access {@code index} of an OUT.
   *
   * @param index below {@link #ioCount}
   * @return zero-extended
   */
  public long ioData(int index) {
    int size = ioSize();
    return load(ioDataOffset() + (long) index * size, size);
  }

  /** What the guest reads in access {@code index} of an IN; bits above the width don't count. */
  public void setIoData(int index, long value) {
    int size = ioSize();
    store(ioDataOffset() + (long) index * size, size, value);
  }

  // --- MMIO

  /** A guest-physical address that no memory slot covers; may be any number. */
  public long mmioAddress() {
    return run.get(JAVA_LONG, MMIO_ADDRESS);
  }

  /**
   * 1, 2, 4 or 8 bytes; or another number below 8 for the parts of an access that crosses a page.
   */
  public int mmioLength() {
    return run.get(JAVA_INT, MMIO_LENGTH);
  }

  public boolean mmioIsWrite() {
    return run.get(JAVA_BYTE, MMIO_IS_WRITE) != 0;
  }

  /** What the guest wrote, zero-extended from {@link #mmioLength}. */
  public long mmioData() {
    return load(MMIO_DATA, mmioLength());
  }

  /** What the guest reads; bits above the width don't count. */
  public void setMmioData(long value) {
    run.set(JAVA_LONG, MMIO_DATA, value);
  }

  private long load(long offset, int size) {
    return switch (size) {
      case 1 -> Byte.toUnsignedLong(run.get(JAVA_BYTE, offset));
      case 2 -> Short.toUnsignedLong(run.get(JAVA_SHORT, offset));
      case 4 -> Integer.toUnsignedLong(run.get(JAVA_INT, offset));
      case 8 -> run.get(JAVA_LONG, offset);
      // Only MMIO data, which is 8 bytes long whatever the access was.
      default -> run.get(JAVA_LONG, offset) & ((1L << (size * Byte.SIZE)) - 1);
    };
  }

  private void store(long offset, int size, long value) {
    switch (size) {
      case 1 -> run.set(JAVA_BYTE, offset, (byte) value);
      case 2 -> run.set(JAVA_SHORT, offset, (short) value);
      default -> run.set(JAVA_INT, offset, (int) value);
    }
  }

  // --- The rare ones

  /** After FAIL_ENTRY: the processor's own reason for not entering the guest. */
  public long failEntryReason() {
    return run.get(JAVA_LONG, FAIL_ENTRY_REASON);
  }

  /** After FAIL_ENTRY: the host processor that refused. */
  public int failEntryCpu() {
    return run.get(JAVA_INT, FAIL_ENTRY_CPU);
  }

  /** After UNKNOWN: the processor's own exit reason. */
  public long hardwareExitReason() {
    return run.get(JAVA_LONG, HARDWARE_EXIT_REASON);
  }

  /** After INTERNAL_ERROR: one of ExitReason.INTERNAL_*. */
  public int internalSuberror() {
    return run.get(JAVA_INT, INTERNAL_SUBERROR);
  }

  /** After INTERNAL_ERROR: how many words of {@link #internalData} count, 0 to 16. */
  public int internalDataCount() {
    return Math.clamp(run.get(JAVA_INT, INTERNAL_COUNT), 0, INTERNAL_DATA_MAX);
  }

  /**
   * After INTERNAL_ERROR: word {@code index} of what KVM tells about it.
   *
   * <p>After INTERNAL_EMULATION with bit 0 of word 0 set, the instruction follows: a length byte at
   * word 1, then up to 15 bytes ({@link #emulationFailureBytes}).
   */
  public long internalData(int index) {
    return run.get(JAVA_LONG, INTERNAL_DATA + (long) index * Long.BYTES);
  }

  /**
   * After INTERNAL_ERROR with INTERNAL_EMULATION: the instruction, as far as KVM tells; or nothing.
   */
  public byte[] emulationFailureBytes() {
    boolean told = internalDataCount() >= 3 && (internalData(0) & 1) != 0;
    int length = told ? Math.clamp(run.get(JAVA_BYTE, INTERNAL_DATA + 8), 0, 15) : 0;
    return run.asSlice(INTERNAL_DATA + 9, length).toArray(JAVA_BYTE);
  }

  /** After SYSTEM_EVENT: one of ExitReason.SYSTEM_EVENT_*. */
  public int systemEventType() {
    return run.get(JAVA_INT, SYSTEM_EVENT_TYPE);
  }

  /** After SYSTEM_EVENT: how many words of {@link #systemEventData} count, 0 to 16. */
  public int systemEventDataCount() {
    return Math.clamp(run.get(JAVA_INT, SYSTEM_EVENT_COUNT), 0, SYSTEM_EVENT_DATA_MAX);
  }

  public long systemEventData(int index) {
    return run.get(JAVA_LONG, SYSTEM_EVENT_DATA + (long) index * Long.BYTES);
  }

  /** After DEBUG: the exception's vector, 1 or 3. */
  public int debugException() {
    return run.get(JAVA_INT, DEBUG_EXCEPTION);
  }

  public long debugPc() {
    return run.get(JAVA_LONG, DEBUG_PC);
  }

  public long debugDr6() {
    return run.get(JAVA_LONG, DEBUG_DR6);
  }

  public long debugDr7() {
    return run.get(JAVA_LONG, DEBUG_DR7);
  }

  /** After IOAPIC_EOI: the vector whose end the guest told (split irqchip). */
  public int ioapicEoiVector() {
    return Byte.toUnsignedInt(run.get(JAVA_BYTE, EOI_VECTOR));
  }

  public long hypercallNumber() {
    return run.get(JAVA_LONG, HYPERCALL_NUMBER);
  }

  /** After HYPERCALL: argument {@code index}, 0 to 5. */
  public long hypercallArgument(int index) {
    return run.get(JAVA_LONG, HYPERCALL_ARGUMENTS + (long) index * Long.BYTES);
  }

  public void setHypercallResult(long result) {
    run.set(JAVA_LONG, HYPERCALL_RESULT, result);
  }

  /** After X86_RDMSR or X86_WRMSR: why it left. */
  public int msrReason() {
    return run.get(JAVA_INT, MSR_REASON);
  }

  public int msrIndex() {
    return run.get(JAVA_INT, MSR_INDEX);
  }

  public long msrData() {
    return run.get(JAVA_LONG, MSR_DATA);
  }

  /** Answers X86_RDMSR. */
  public void setMsrData(long value) {
    run.set(JAVA_LONG, MSR_DATA, value);
  }

  /** Answers X86_RDMSR or X86_WRMSR with a #GP, or with success. */
  public void setMsrError(boolean error) {
    run.set(JAVA_BYTE, MSR_ERROR, (byte) (error ? 1 : 0));
  }

  /** After NOTIFY: bit 0 says that the vCPU's context is lost. */
  public int notifyFlags() {
    return run.get(JAVA_INT, NOTIFY_FLAGS);
  }
}

package dev.jvmm.kvm;

/** Why KVM_RUN came back (KVM API 5, {@code exit_reason}): numbers that can be case labels. */
public final class ExitReason {

  public static final int UNKNOWN = 0;
  public static final int EXCEPTION = 1;
  public static final int IO = 2;
  public static final int HYPERCALL = 3;
  public static final int DEBUG = 4;
  public static final int HLT = 5;
  public static final int MMIO = 6;
  public static final int IRQ_WINDOW_OPEN = 7;
  public static final int SHUTDOWN = 8;
  public static final int FAIL_ENTRY = 9;
  public static final int INTR = 10;
  public static final int SET_TPR = 11;
  public static final int TPR_ACCESS = 12;
  public static final int NMI = 16;
  public static final int INTERNAL_ERROR = 17;
  public static final int WATCHDOG = 21;
  public static final int SYSTEM_EVENT = 24;
  public static final int IOAPIC_EOI = 26;
  public static final int X86_RDMSR = 29;
  public static final int X86_WRMSR = 30;
  public static final int DIRTY_RING_FULL = 31;
  public static final int AP_RESET_HOLD = 32;
  public static final int X86_BUS_LOCK = 33;
  public static final int NOTIFY = 37;
  public static final int MEMORY_FAULT = 39;

  /** KVM_INTERNAL_ERROR suberror: an instruction that KVM had to emulate and couldn't. */
  public static final int INTERNAL_EMULATION = 1;

  /** KVM_INTERNAL_ERROR suberror: an exception while it delivered another. */
  public static final int INTERNAL_SIMUL_EX = 2;

  /** KVM_INTERNAL_ERROR suberror: the guest exited while an event was delivered. */
  public static final int INTERNAL_DELIVERY_EV = 3;

  /** KVM_INTERNAL_ERROR suberror: the processor exited for a reason that KVM doesn't know. */
  public static final int INTERNAL_UNEXPECTED_EXIT_REASON = 4;

  /** KVM_EXIT_SYSTEM_EVENT types. */
  public static final int SYSTEM_EVENT_SHUTDOWN = 1;

  public static final int SYSTEM_EVENT_RESET = 2;
  public static final int SYSTEM_EVENT_CRASH = 3;

  private ExitReason() {}

  /** What it is called; {@code REASON_42} where we never heard of it. */
  public static String name(int reason) {
    return switch (reason) {
      case UNKNOWN -> "UNKNOWN";
      case EXCEPTION -> "EXCEPTION";
      case IO -> "IO";
      case HYPERCALL -> "HYPERCALL";
      case DEBUG -> "DEBUG";
      case HLT -> "HLT";
      case MMIO -> "MMIO";
      case IRQ_WINDOW_OPEN -> "IRQ_WINDOW_OPEN";
      case SHUTDOWN -> "SHUTDOWN";
      case FAIL_ENTRY -> "FAIL_ENTRY";
      case INTR -> "INTR";
      case SET_TPR -> "SET_TPR";
      case TPR_ACCESS -> "TPR_ACCESS";
      case NMI -> "NMI";
      case INTERNAL_ERROR -> "INTERNAL_ERROR";
      case WATCHDOG -> "WATCHDOG";
      case SYSTEM_EVENT -> "SYSTEM_EVENT";
      case IOAPIC_EOI -> "IOAPIC_EOI";
      case X86_RDMSR -> "X86_RDMSR";
      case X86_WRMSR -> "X86_WRMSR";
      case DIRTY_RING_FULL -> "DIRTY_RING_FULL";
      case AP_RESET_HOLD -> "AP_RESET_HOLD";
      case X86_BUS_LOCK -> "X86_BUS_LOCK";
      case NOTIFY -> "NOTIFY";
      case MEMORY_FAULT -> "MEMORY_FAULT";
      default -> "REASON_" + reason;
    };
  }
}

package dev.jvmm.core.vm;

/**
 * How a virtual machine ended.
 *
 * @param reason what ended it
 * @param code what a process that ran it exits with: 0, or 1 after an error, or what the guest gave
 *     to {@code isa-debug-exit}
 * @param detail what there is to say about it, for people: a register dump after an internal error,
 *     else empty
 */
public record ExitStatus(Reason reason, int code, String detail) {

  /** What ended a machine. */
  public enum Reason {
    /** The guest powered itself off. */
    GUEST_SHUTDOWN,
    /** The guest asked for a reset and {@code noReboot} was given. */
    GUEST_RESET,
    /** The guest wrote to {@code isa-debug-exit}. */
    DEBUG_EXIT,
    /** The host ended it: {@link VirtualMachine#quit} or {@link VirtualMachine#close}. */
    HOST_QUIT,
    /** KVM could not run the guest, or a defect of ours stopped it. */
    INTERNAL_ERROR
  }

  /** An end with nothing more to say. */
  public static ExitStatus of(Reason reason, int code) {
    return new ExitStatus(reason, code, "");
  }
}

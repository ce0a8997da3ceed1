package dev.jvmm.kvm;

/** How one KVM_RUN came back (KVM API 4.10), where an errno is an answer and no failure. */
public enum RunOutcome {
  /** The guest left to user space; the reason is in {@code kvm_run}. */
  EXITED,
  /** EINTR: a signal, or immediate_exit was set. */
  INTERRUPTED,
  /** EAGAIN: an application processor that waits for its SIPI, and was woken. */
  AGAIN
}

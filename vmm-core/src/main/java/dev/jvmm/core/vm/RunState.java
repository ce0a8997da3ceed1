package dev.jvmm.core.vm;

/** Where a virtual machine stands in its life. */
public enum RunState {
  /** Built; its vCPU threads do not exist yet. */
  PRELAUNCH,
  /** The vCPUs run. */
  RUNNING,
  /** The vCPUs stand, by {@link VirtualMachine#pause} or because it was started paused. */
  PAUSED,
  /** The guest has powered itself off, or asked for a reset that was not wanted. */
  SHUTDOWN,
  /** KVM could not go on with the guest; the vCPUs stand for good. */
  INTERNAL_ERROR,
  /** Everything has been given back. */
  CLOSED
}

package dev.jvmm.core.vm;

/** What happened to a virtual machine; delivered in order on its control thread. */
public sealed interface VmEvent {

  /** The vCPUs run: the start, or the end of a pause. */
  record Resumed() implements VmEvent {}

  /** The vCPUs stand. */
  record Paused() implements VmEvent {}

  /**
   * The machine has been reset.
   *
   * @param byGuest whether the guest asked for it
   */
  record Reset(boolean byGuest) implements VmEvent {}

  /** The power button was pressed; what the guest does about it is the guest's. */
  record Powerdown() implements VmEvent {}

  /**
   * The guest's run is over, though the machine may be kept ({@code noShutdown}).
   *
   * @param status why
   */
  record Shutdown(ExitStatus status) implements VmEvent {}

  /**
   * The host has failed a request of a disk. Of several in quick succession not each is told.
   *
   * @param disk the id of its drive or node
   * @param read whether it was to read; else anything else
   * @param errno why, {@code ENOSPC}
   * @param stops whether the machine stands now: a {@link VirtualMachine#resume} tries again
   */
  record IoError(String disk, boolean read, String errno, boolean stops) implements VmEvent {}
}

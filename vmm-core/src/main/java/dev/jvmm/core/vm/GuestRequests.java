package dev.jvmm.core.vm;

/**
 * What a guest, or the person at its terminal, asks of the machine around it.
 *
 * <p>Thread: safe; called on vCPU threads and event loops, returns at once, and the request is
 * carried out by the machine's control thread. Of several requests the first counts.
 */
public interface GuestRequests {

  /** The guest wants to be off: ACPI S5, KVM's SYSTEM_EVENT_SHUTDOWN. */
  void powerOff();

  /** The guest wants a reset, or has triple-faulted. */
  void reset();

  /** The guest ends the machine with a code of its own (isa-debug-exit). */
  void exit(int code);

  /** The person at the terminal ends the machine (Ctrl-A x). */
  void quit();

  /**
   * The guest can't go on.
   *
   * @param dump what is known, readable, several lines
   */
  void failed(String dump);

  /** The host has failed a request of a disk; a machine that is to stop for it stands soon. */
  void ioError(VmEvent.IoError error);
}

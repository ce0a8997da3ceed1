package dev.jvmm.machine.pci;

/**
 * A function's way to send messages, which needs the bus as any other write to memory does.
 *
 * <p>Thread: called under the monitor of the function.
 */
interface MessageSource {

  /** Whether the command register lets the function use the bus. */
  void busMaster(boolean on);
}

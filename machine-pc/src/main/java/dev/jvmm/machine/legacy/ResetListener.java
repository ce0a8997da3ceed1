package dev.jvmm.machine.legacy;

/**
 * Told that the guest asks for a reset of the machine.
 *
 * <p>Thread: called on the thread of the vCPU that made the request, while the device's lock is
 * held: it notes the request and returns at once.
 */
@FunctionalInterface
public interface ResetListener {

  /**
   * The guest wants a reset.
   *
   * @param hard whether the whole machine was meant, rather than the CPU alone
   */
  void resetRequested(boolean hard);
}

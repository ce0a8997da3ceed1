package dev.jvmm.machine.acpi;

/**
 * Told that the guest has entered S5, soft off.
 *
 * <p>Thread: called on the vCPU that wrote the register, under the device's monitor; it may come
 * again before the machine stands.
 */
@FunctionalInterface
public interface PowerOffListener {

  /** The guest wants its power off. */
  void powerOffRequested();
}

package dev.jvmm.machine.mp;

import java.util.List;

/**
 * What the multiprocessor table describes.
 *
 * <p>Immutable.
 *
 * @param apicIds of the CPUs that run from power-on, the boot processor's first; those that the
 *     table's eight bits can't name are left out
 * @param signature CPUID leaf 1, EAX
 * @param features CPUID leaf 1, EDX
 * @param levelInputs ISA interrupts that are level-triggered and active high, a bit each
 * @param pciPins how the slots' pins are wired; empty on a board without PCI
 */
public record MpConfig(
    List<Integer> apicIds, int signature, int features, int levelInputs, List<PciPin> pciPins) {

  /** Copies the lists. */
  public MpConfig {
    apicIds = List.copyOf(apicIds);
    pciPins = List.copyOf(pciPins);
  }

  /**
   * One slot's pin, level-triggered and active high.
   *
   * @param slot on bus 0, 0 to 31
   * @param pin 0 is INTA
   * @param gsi the I/O APIC's input
   */
  public record PciPin(int slot, int pin, int gsi) {}
}

package dev.jvmm.machine.acpi;

/**
 * A device, or a tree of them, that announces itself in the DSDT: a further kind of device is a
 * further class, and nothing else of this package changes.
 *
 * <p>Thread: immutable.
 */
@FunctionalInterface
public interface DsdtDevice {

  /** Its {@code Device} term (package aml), to stand in the scope {@code \_SB}. */
  byte[] aml();
}

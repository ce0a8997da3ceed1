/**
 * ACPI Machine Language (ACPI 6.3, chapter 20): small functions, each of which returns the bytes of
 * one term.
 *
 * <p>Called by the builder of the DSDT and by whatever describes a device of its own there.
 *
 * <p>Must not know which devices there are.
 */
package dev.jvmm.machine.acpi.aml;

/**
 * The multiprocessor table: CPUs and interrupts for guests that do without ACPI.
 *
 * <p>Called by the composition root, which copies it into memory.
 *
 * <p>Must not know what is on the board but by the configuration.
 */
package dev.jvmm.machine.mp;

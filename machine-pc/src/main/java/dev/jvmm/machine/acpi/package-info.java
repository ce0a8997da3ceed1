/**
 * ACPI: the tables that tell the guest what the machine has, and the registers that they name.
 *
 * <p>Called by the composition root, which maps the registers and copies the tables into memory.
 *
 * <p>Must not know the devices behind a description, nor where guest memory lies.
 */
package dev.jvmm.machine.acpi;

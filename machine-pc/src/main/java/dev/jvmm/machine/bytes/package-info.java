/**
 * Little-endian bytes, from which the tables that a guest reads at boot are put together.
 *
 * <p>Called by the builders of ACPI and SMBIOS tables.
 *
 * <p>Must not know any table.
 */
package dev.jvmm.machine.bytes;

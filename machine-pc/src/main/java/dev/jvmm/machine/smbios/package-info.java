/**
 * SMBIOS: the tables that name the machine to the guest's inventory tools.
 *
 * <p>Called by the composition root, which copies them into memory.
 *
 * <p>Must not know how the options are spelled that fill them.
 */
package dev.jvmm.machine.smbios;

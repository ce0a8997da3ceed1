/**
 * The memory map and the loaders that put a kernel into guest RAM; the built-in guest.
 *
 * <p>Called by the machine before the first vCPU runs and at every reset.
 *
 * <p>Must not know KVM, vCPUs or how options are spelled.
 */
package dev.jvmm.machine.boot;

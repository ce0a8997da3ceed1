/**
 * Guest memory and the one translation of guest addresses.
 *
 * <p>Called by devices, loaders and tables.
 *
 * <p>Must not know what is stored in it.
 */
package dev.jvmm.core.memory;

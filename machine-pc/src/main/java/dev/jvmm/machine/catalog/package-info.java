/**
 * How options are spelled, and the one table of devices, machines and character devices with their
 * properties.
 *
 * <p>Called by the builder, the command line's help, and whatever else speaks of devices by name.
 *
 * <p>Must not know how a device works: the composition root binds names to device code.
 */
package dev.jvmm.machine.catalog;

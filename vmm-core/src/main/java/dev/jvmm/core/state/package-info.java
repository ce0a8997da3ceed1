/**
 * What a device's reset and snapshot look like to the machine.
 *
 * <p>Called by the machine's reset and, later, by snapshots.
 *
 * <p>Must not know any device.
 */
package dev.jvmm.core.state;

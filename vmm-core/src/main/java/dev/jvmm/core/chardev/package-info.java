/**
 * Character streams between a guest's device and the host.
 *
 * <p>Called by UARTs, consoles and monitors; made by the machine from its configuration.
 *
 * <p>Must not know what a byte means.
 */
package dev.jvmm.core.chardev;

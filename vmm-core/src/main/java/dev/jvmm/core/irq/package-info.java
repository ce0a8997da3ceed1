/**
 * Interrupt lines and messages as a device sees them.
 *
 * <p>Called by devices; the machine connects them to the irqchip.
 *
 * <p>Must not know which controller is behind a line.
 */
package dev.jvmm.core.irq;

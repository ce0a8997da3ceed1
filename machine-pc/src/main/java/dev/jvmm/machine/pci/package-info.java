/**
 * PCI: configuration space, base address registers, interrupts and messages, and the chipset of a
 * pc.
 *
 * <p>Called by the composition root, which plugs functions in, and by the devices behind them.
 *
 * <p>Must not know what a device does, nor KVM.
 */
package dev.jvmm.machine.pci;

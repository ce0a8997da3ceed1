/**
 * The devices that a PC has had since the AT: serial ports, clock, keyboard controller, reset.
 *
 * <p>Made and mapped by the machines.
 *
 * <p>Must not know KVM, PCI, nor what is behind a character device.
 */
package dev.jvmm.machine.legacy;

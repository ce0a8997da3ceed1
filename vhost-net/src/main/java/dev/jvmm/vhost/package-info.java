/**
 * Host networking: TAP interfaces behind network devices, and what jvmm does on one of its own.
 *
 * <p>Called by the composition root, and by the network device through its {@code NetBackend}.
 *
 * <p>Must not know PCI, guest-physical addresses or how options are spelled.
 */
package dev.jvmm.vhost;

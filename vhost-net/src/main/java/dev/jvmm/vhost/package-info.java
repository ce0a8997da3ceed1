/**
 * Host networking: TAP interfaces behind network devices, what jvmm does on one of its own, and the
 * queues that the host's kernel carries.
 *
 * <p>Called by the composition root, and by devices through {@code NetBackend} and {@code
 * QueueCarrier}.
 *
 * <p>Must not know PCI or how options are spelled; of guest-physical addresses, where RAM is.
 */
package dev.jvmm.vhost;

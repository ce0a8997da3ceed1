/**
 * Split virtqueues (virtio 1.2, 2.7): rings, descriptor chains, notifications.
 *
 * <p>Called by the devices' workers; made by the device model.
 *
 * <p>Must not know any device, any transport, any host.
 */
package dev.jvmm.virtio.queue;

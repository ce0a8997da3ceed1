/**
 * The device model of virtio (1.2, chapters 2 and 3): features, status, queues, reset.
 *
 * <p>Called by the transports from above and by the devices from below.
 *
 * <p>Must not know any transport, any type of device, any host.
 */
package dev.jvmm.virtio.device;

/**
 * The socket device (virtio 1.2, 5.10).
 *
 * <p>Called by the device model.
 *
 * <p>Must not know who carries the packets, or where they go.
 */
package dev.jvmm.virtio.vsock;

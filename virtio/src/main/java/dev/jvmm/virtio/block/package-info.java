/**
 * The block device (virtio 1.2, 5.2).
 *
 * <p>Called by the device model, and by the disk that it is the front of.
 *
 * <p>Must not know where the disk's contents are, or how they get there.
 */
package dev.jvmm.virtio.block;

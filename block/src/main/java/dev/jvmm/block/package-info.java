/**
 * Disks as a device sees them: a backend takes requests and completes them later.
 *
 * <p>Called by the disk devices, and by the machine, which opens images.
 *
 * <p>Must not know virtio, guests' addresses or KVM.
 */
package dev.jvmm.block;

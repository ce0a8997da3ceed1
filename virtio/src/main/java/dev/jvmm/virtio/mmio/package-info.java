/**
 * The MMIO transport (virtio 1.2, 4.2).
 *
 * <p>Called by the machine, which maps it; calls the device model.
 *
 * <p>Must not know any type of device.
 */
package dev.jvmm.virtio.mmio;

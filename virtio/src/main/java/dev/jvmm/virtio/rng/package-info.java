/**
 * The entropy device (virtio 1.2, 5.4).
 *
 * <p>Called by the device model.
 *
 * <p>Must not know where the entropy comes from.
 */
package dev.jvmm.virtio.rng;

/**
 * The memory balloon (virtio 1.2, 5.5).
 *
 * <p>Called by the device model; by whoever sets its size, through {@link
 * dev.jvmm.core.vm.Balloon}.
 *
 * <p>Must not know how memory goes back to the host.
 */
package dev.jvmm.virtio.balloon;

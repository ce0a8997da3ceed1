/**
 * Where virtio devices are plugged in: functions on PCI, windows of memory on a microvm.
 *
 * <p>Called by the composition root with a device model and what the user said of the device.
 *
 * <p>Must not know what a device does, nor KVM.
 */
package dev.jvmm.machine.virtio;

/**
 * The PCI transport (virtio 1.2, 4.1): what is in the BARs of a virtio function.
 *
 * <p>Called by the machine, which makes the function and maps its BARs; calls the device model.
 *
 * <p>Must not know any type of device, nor configuration space.
 */
package dev.jvmm.virtio.pci;

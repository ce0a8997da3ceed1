/**
 * How a guest's access finds its device.
 *
 * <p>Called by the vCPU's exit dispatcher and by the machine that maps devices.
 *
 * <p>Must not know any device, nor KVM.
 */
package dev.jvmm.core.bus;

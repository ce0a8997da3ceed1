/**
 * KVM's ioctls, one method each, and the memory layouts that the boot and exit paths touch.
 *
 * <p>Called by the core's host adapters, the vCPU loop and the machines.
 *
 * <p>Must not know machines or devices.
 */
package dev.jvmm.kvm;

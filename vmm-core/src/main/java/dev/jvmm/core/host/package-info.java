/**
 * The adapters onto the host's KVM: a VM's descriptor, RAM and interrupt controllers.
 *
 * <p>Called by the vcpu, vhost and machine modules, and by nobody else.
 *
 * <p>Must not know devices, nor what the guest is.
 */
package dev.jvmm.core.host;

/**
 * Virtual CPUs: KVM_RUN, what an exit means, one thread each.
 *
 * <p>Called by the machine, which gives buses and takes requests.
 *
 * <p>Must not know any device.
 */
package dev.jvmm.vcpu;

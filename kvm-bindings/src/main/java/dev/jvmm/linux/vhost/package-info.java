/**
 * The kernel's vhost devices: one method an ioctl.
 *
 * <p>Called by host networking only.
 *
 * <p>Must not know what a queue carries, or where a guest's memory comes from.
 */
package dev.jvmm.linux.vhost;

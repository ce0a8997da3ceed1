/**
 * The network device (virtio 1.2, 5.1), and the face of what is behind it on the host.
 *
 * <p>Called by the device model from above, and by the network of the host when there are frames.
 *
 * <p>Must not know what that network is: a TAP, the kernel's vhost, something in memory.
 */
package dev.jvmm.virtio.net;

/**
 * The console device (virtio 1.2, 5.3): consoles and serial ports over one device.
 *
 * <p>Called by the device model from above, and by the host ends of its ports.
 *
 * <p>Must not know what a host end is: a terminal, a file, a socket.
 */
package dev.jvmm.virtio.console;

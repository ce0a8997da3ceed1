/**
 * Linux as jvmm needs it: file descriptors, events, timers, mappings, sockets, terminals, signals.
 *
 * <p>Called by the host's side of every module; never by a device.
 *
 * <p>Must not know KVM, machines or devices.
 */
package dev.jvmm.linux;

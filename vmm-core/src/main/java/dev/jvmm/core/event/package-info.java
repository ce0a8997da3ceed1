/**
 * The event loop: one thread over epoll for descriptors, timers and tasks.
 *
 * <p>Called by character devices, device back ends and clocks.
 *
 * <p>Must not know what a descriptor is for.
 */
package dev.jvmm.core.event;

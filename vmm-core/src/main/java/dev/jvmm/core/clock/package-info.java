/**
 * Sources of time and their timers.
 *
 * <p>Called by devices.
 *
 * <p>Must not know the event loop behind a timer.
 */
package dev.jvmm.core.clock;

/**
 * A Linux guest as a test sees it: something to boot, a console to talk by, an end.
 *
 * <p>Used by the tests of real guests.
 *
 * <p>Must not know what a test looks for.
 */
package dev.jvmm.it.guest;

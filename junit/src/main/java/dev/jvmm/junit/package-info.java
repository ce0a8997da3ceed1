/**
 * Virtual machines as fixtures of JUnit tests: an annotation, an extension, and the guest that a
 * test gets.
 *
 * <p>Called by JUnit, 5.14 or later, and by tests.
 *
 * <p>Must not know what a machine consists of.
 */
package dev.jvmm.junit;

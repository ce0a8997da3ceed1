/**
 * Tests with real Linux guests, classes named {@code *LinuxTest}, and what they share.
 *
 * <p>Run by JUnit's launcher, which {@code integration-tests/guest-tests} starts where guests run.
 *
 * <p>Must not know whether that is this host or a first level.
 */
package dev.jvmm.it;

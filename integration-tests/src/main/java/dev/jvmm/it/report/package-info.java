/**
 * What came of each test of a real guest, told while the run goes on: a first level may be lost at
 * any moment.
 *
 * <p>Written by JUnit's launcher where the guests run, read by the outer side.
 *
 * <p>Must not know what a test does.
 */
package dev.jvmm.it.report;

/**
 * What a flight recording sees of machines, and how its makers know whether one runs.
 *
 * <p>Called where something happens that a recording tells of.
 *
 * <p>Must not know what happens there.
 */
package dev.jvmm.core.trace;

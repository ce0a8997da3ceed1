/**
 * Programs that measure jvmm as an embedder has it, through its public face.
 *
 * <p>Called by the scripts of the folder benchmarks, and by nobody else.
 *
 * <p>Must not know how jvmm does what is measured.
 */
package dev.jvmm.benchmarks;

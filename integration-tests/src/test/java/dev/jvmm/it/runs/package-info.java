/**
 * The outer side of the real-guest tests: where they run, in which company, and what came of them.
 *
 * <p>Called by Surefire alone.
 *
 * <p>Must not know what a test does.
 */
@NullMarked
package dev.jvmm.it.runs;

import org.jspecify.annotations.NullMarked;

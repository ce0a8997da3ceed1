/**
 * Tests of the house as a whole: its module graph, its distribution.
 *
 * <p>Called by Surefire alone.
 *
 * <p>Must not know what a module does inside.
 */
@NullMarked
package dev.jvmm.it.house;

import org.jspecify.annotations.NullMarked;

/**
 * What {@code docs/library.md} and the Javadoc show, so that it compiles and runs.
 *
 * <p>Called by nobody; its marked regions are read by the page's test.
 *
 * <p>Must not know anything that an embedder does not.
 */
package dev.jvmm.it.example;

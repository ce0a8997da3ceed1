/**
 * The command: from arguments to a running machine to an exit status.
 *
 * <p>Called by the launcher, and by tests that stay in their process.
 *
 * <p>Must not know what a machine consists of: the builder and the catalog do.
 */
package dev.jvmm.cli;

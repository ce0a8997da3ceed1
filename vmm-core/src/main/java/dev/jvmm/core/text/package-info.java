/**
 * What every reader of the user's text needs.
 *
 * <p>Called by whatever refuses a name: the command line, the device catalog, CPU models.
 *
 * <p>Must not know which names there are.
 */
package dev.jvmm.core.text;

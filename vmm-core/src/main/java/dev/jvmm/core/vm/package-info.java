/**
 * The virtual machine as its users see it: states, events, how it ended, what was asked wrongly.
 *
 * <p>Called by embedders and by the command line; built by the machine module.
 *
 * <p>Must not know which devices a machine has.
 */
package dev.jvmm.core.vm;

/**
 * The options, a group a class: how each is called, what it says in one line, what it does.
 *
 * <p>Called by the command.
 *
 * <p>Must not know what values mean: they go on to the builder as they are.
 */
package dev.jvmm.cli.option;

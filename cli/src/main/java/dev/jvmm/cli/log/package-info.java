/**
 * Where the messages of {@link java.lang.System.Logger} go when jvmm runs as a command.
 *
 * <p>Called by the platform, which finds it as a service, and set up by the command.
 *
 * <p>Must not know who logs what.
 */
package dev.jvmm.cli.log;

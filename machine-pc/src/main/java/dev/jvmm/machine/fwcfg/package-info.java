/**
 * The firmware configuration device: how a guest's firmware asks what machine it runs on.
 *
 * <p>Called by the machine, which fills it and maps it on the port bus.
 *
 * <p>Must not know where its items come from.
 */
package dev.jvmm.machine.fwcfg;

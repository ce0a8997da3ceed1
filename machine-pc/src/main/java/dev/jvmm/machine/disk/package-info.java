/**
 * What a user says of disks: drives, block nodes, and the disks that come of both.
 *
 * <p>Made by the texts of the options or by a program; read by the composition root.
 *
 * <p>Must not know devices, nor open anything: records alone.
 */
package dev.jvmm.machine.disk;

package dev.jvmm.junit;

/** Who in the guest carries out {@link Guest#exec} and moves files. */
public enum Agent {
  /** jvmm's own where the built-in guest boots, QEMU's where a kernel is given. */
  AUTO,
  /** jvmm's: what the built-in guest's init starts. */
  BUILT_IN,
  /** QEMU's guest agent (package qemu-guest-agent). */
  QEMU,
  /** Nobody: there is the console alone. */
  NONE
}

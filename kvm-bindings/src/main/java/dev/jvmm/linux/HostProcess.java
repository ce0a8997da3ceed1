package dev.jvmm.linux;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.SystemCall;

/** This process, as the kernel knows it. Thread: safe. */
public final class HostProcess {

  private HostProcess() {}

  /** Asked once: a kick needs it. */
  private static final class Id {
    static final int VALUE = (int) Libc.syscall(SystemCall.GETPID);
  }

  /** Its id. */
  public static int id() {
    return Id.VALUE;
  }

  /** Whom its rights are those of. */
  public static int effectiveUserId() {
    return (int) Libc.syscall(SystemCall.GETEUID);
  }

  /** Whether it runs with root's user id; its capabilities may be fewer all the same. */
  public static boolean isRoot() {
    return effectiveUserId() == 0;
  }
}

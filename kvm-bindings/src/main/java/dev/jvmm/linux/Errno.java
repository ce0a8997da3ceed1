package dev.jvmm.linux;

/** Names of Linux's error numbers (errno(3)). */
public final class Errno {
  private Errno() {}

  public static final int EPERM = 1;
}

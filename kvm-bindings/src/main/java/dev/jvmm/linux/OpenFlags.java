package dev.jvmm.linux;

/** The flags of open(2) on x86-64, as far as jvmm uses them. */
public final class OpenFlags {

  public static final int RDONLY = 0;
  public static final int WRONLY = 1;
  public static final int RDWR = 2;
  public static final int CREAT = 0x40;
  public static final int EXCL = 0x80;
  public static final int NOCTTY = 0x100;
  public static final int TRUNC = 0x200;
  public static final int APPEND = 0x400;
  public static final int NONBLOCK = 0x800;
  public static final int DSYNC = 0x1000;
  public static final int DIRECT = 0x4000;
  public static final int DIRECTORY = 0x1_0000;
  public static final int NOFOLLOW = 0x2_0000;
  public static final int CLOEXEC = 0x8_0000;
  public static final int PATH = 0x20_0000;

  private OpenFlags() {}
}

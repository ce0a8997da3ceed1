package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * A pseudo-terminal (pty(7)): we hold the master, a person attaches to {@link #path()}.
 *
 * <p>Thread: safe.
 *
 * <p>On today's devpts {@code grantpt} has nothing left to do, and the other two steps are an ioctl
 * each. While nobody has the other side open, reading the master answers EIO.
 */
public final class Pty implements AutoCloseable {

  private static final long TIOCGPTN = 0x8004_5430L;
  private static final long TIOCSPTLCK = 0x4004_5431L;

  private final Fd master;
  private final String path;

  private Pty(Fd master, String path) {
    this.master = master;
    this.path = path;
  }

  /** A new one, unlocked, in raw mode, so that bytes pass unchanged both ways. */
  public static Pty open() {
    Fd master = Fd.open("/dev/ptmx", OpenFlags.RDWR | OpenFlags.NOCTTY, 0);
    try {
      MemorySegment memory = Scratch.current().memory();
      memory.set(JAVA_INT, 0, 0);
      LinuxException.check(
          Libc.syscall(SystemCall.IOCTL, master.number(), TIOCSPTLCK, memory.address()),
          "TIOCSPTLCK",
          master.name());
      LinuxException.check(
          Libc.syscall(SystemCall.IOCTL, master.number(), TIOCGPTN, memory.address()),
          "TIOCGPTN",
          master.name());
      String path = "/dev/pts/" + memory.get(JAVA_INT, 0);
      // Both sides share one set of settings, and the master may change them.
      Terminal.of(master).setRaw(false);
      return new Pty(master, path);
    } catch (LinuxException e) {
      master.close();
      throw e;
    }
  }

  public Fd master() {
    return master;
  }

  /** What to give to {@code screen} or {@code minicom}: /dev/pts/N. */
  public String path() {
    return path;
  }

  /** Closes the master; whoever is attached sees a hang-up. */
  @Override
  public void close() {
    master.close();
  }
}

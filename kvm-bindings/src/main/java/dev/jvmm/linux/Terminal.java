package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;

/**
 * A terminal's settings (termios(3)) and size: raw while a guest has it, as before when it leaves.
 *
 * <p>Thread: safe; {@link #restore} may come from a shutdown hook while another thread is anywhere.
 *
 * <p>It talks to the kernel by ioctl with the kernel's own {@code struct termios}, which is 36
 * bytes and not the C library's. The descriptor stays its owner's.
 */
public final class Terminal {

  private static final long TCGETS = 0x5401;
  private static final long TCSETS = 0x5402;
  private static final long TIOCGWINSZ = 0x5413;
  private static final long TIOCSWINSZ = 0x5414;

  private static final int SETTINGS_SIZE = 36;
  private static final long IFLAG = 0;
  private static final long OFLAG = 4;
  private static final long CFLAG = 8;
  private static final long LFLAG = 12;
  private static final long CC = 17;
  private static final int VTIME = 5;
  private static final int VMIN = 6;

  // Input: no break or parity marks, eight bits, CR and NL as typed, no flow control by ^S and ^Q.
  private static final int RAW_IFLAG_CLEARED = 0x1 | 0x2 | 0x8 | 0x20 | 0x40 | 0x80 | 0x100 | 0x400;
  private static final int OPOST = 0x1;
  private static final int CSIZE_PARENB = 0x30 | 0x100;
  private static final int CS8 = 0x30;
  // Local: no signals by ^C, no lines, no echo, no extensions.
  private static final int ISIG = 0x1;
  private static final int RAW_LFLAG_CLEARED = ISIG | 0x2 | 0x8 | 0x40 | 0x8000;

  /** How large a terminal is, in characters. */
  public record WindowSize(int rows, int columns) {}

  private final Fd fd;
  private final byte[] saved;

  private Terminal(Fd fd, byte[] saved) {
    this.fd = fd;
    this.saved = saved;
  }

  /**
   * Remembers the terminal's settings as they are now.
   *
   * @throws LinuxException ENOTTY if it is none
   */
  public static Terminal of(Fd fd) {
    MemorySegment settings = settings(fd);
    byte[] saved = new byte[SETTINGS_SIZE];
    MemorySegment.copy(settings, JAVA_BYTE, 0, saved, 0, SETTINGS_SIZE);
    return new Terminal(fd, saved);
  }

  private static MemorySegment settings(Fd fd) {
    MemorySegment memory = Scratch.current().cleared(SETTINGS_SIZE + 4);
    LinuxException.check(
        Libc.syscall(SystemCall.IOCTL, fd.number(), TCGETS, memory.address()), "TCGETS", fd.name());
    return memory;
  }

  /**
   * Every byte as it is typed, at once, unseen, and no byte with a meaning of its own.
   *
   * <p>Output is still processed, so that a line of ours that ends in NL begins the next at the
   * left.
   */
  public void setRaw() {
    setRaw(true);
  }

  /**
   * The same, with a word on output.
   *
   * @param outputProcessed whether NL still becomes CR NL; false where every byte must pass
   *     unchanged
   */
  public void setRaw(boolean outputProcessed) {
    setRaw(outputProcessed, false);
  }

  /**
   * The same, with a word on signals too.
   *
   * @param signals whether ^C and its like still raise signals
   */
  public void setRaw(boolean outputProcessed, boolean signals) {
    MemorySegment settings = settings(fd);
    clear(settings, IFLAG, RAW_IFLAG_CLEARED);
    if (!outputProcessed) {
      clear(settings, OFLAG, OPOST);
    }
    clear(settings, CFLAG, CSIZE_PARENB);
    settings.set(JAVA_INT, CFLAG, settings.get(JAVA_INT, CFLAG) | CS8);
    clear(settings, LFLAG, signals ? RAW_LFLAG_CLEARED & ~ISIG : RAW_LFLAG_CLEARED);
    settings.set(JAVA_BYTE, CC + VMIN, (byte) 1);
    settings.set(JAVA_BYTE, CC + VTIME, (byte) 0);
    // At once rather than after the output has drained: a reader that has stopped must not stop us.
    LinuxException.check(
        Libc.restarting(SystemCall.IOCTL, fd.number(), TCSETS, settings.address()),
        "TCSETS",
        fd.name());
  }

  private static void clear(MemorySegment settings, long field, int bits) {
    settings.set(JAVA_INT, field, settings.get(JAVA_INT, field) & ~bits);
  }

  /** The settings of {@link #of} again. Says nothing if the terminal is gone. */
  public void restore() {
    MemorySegment memory = Scratch.current().memory();
    MemorySegment.copy(saved, 0, memory, JAVA_BYTE, 0, SETTINGS_SIZE);
    Libc.restarting(SystemCall.IOCTL, fd.number(), TCSETS, memory.address());
  }

  /** Its size; 0 by 0 if it doesn't know. */
  public WindowSize windowSize() {
    MemorySegment memory = Scratch.current().cleared(Long.BYTES);
    LinuxException.check(
        Libc.syscall(SystemCall.IOCTL, fd.number(), TIOCGWINSZ, memory.address()),
        "TIOCGWINSZ",
        fd.name());
    return new WindowSize(
        Short.toUnsignedInt(memory.get(JAVA_SHORT, 0)),
        Short.toUnsignedInt(memory.get(JAVA_SHORT, 2)));
  }

  /** Tells it, and so the programs on its other side, how large it is. */
  public void setWindowSize(WindowSize size) {
    MemorySegment memory = Scratch.current().cleared(Long.BYTES);
    memory.set(JAVA_SHORT, 0, (short) size.rows());
    memory.set(JAVA_SHORT, 2, (short) size.columns());
    LinuxException.check(
        Libc.syscall(SystemCall.IOCTL, fd.number(), TIOCSWINSZ, memory.address()),
        "TIOCSWINSZ",
        fd.name());
  }
}

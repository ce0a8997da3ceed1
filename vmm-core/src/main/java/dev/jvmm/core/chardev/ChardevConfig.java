package dev.jvmm.core.chardev;

/**
 * What a host end is to be ({@code -chardev}, {@code -serial}).
 *
 * <p>Thread: immutable.
 */
public sealed interface ChardevConfig {

  /**
   * The terminal that jvmm was started from.
   *
   * @param mux whether {@link EscapeKeys} are in front of it
   * @param signal whether Ctrl-C ends jvmm rather than going to the guest
   */
  record Stdio(boolean mux, boolean signal) implements ChardevConfig {}

  /** A pseudo-terminal of its own. */
  record Pty() implements ChardevConfig {}

  /**
   * A file, for output alone.
   *
   * @param path its name
   * @param append whether what it holds stays
   */
  record File(String path, boolean append) implements ChardevConfig {}

  /** No one. */
  record Null() implements ChardevConfig {}

  /**
   * A UNIX socket that others connect to.
   *
   * @param path its name
   * @param waitForClient whether opening it waits for the first of them
   */
  record UnixServer(String path, boolean waitForClient) implements ChardevConfig {}

  /**
   * A UNIX socket that is connected to another's.
   *
   * @param path the other's name
   */
  record UnixClient(String path) implements ChardevConfig {}

  /**
   * This program itself, by a {@link dev.jvmm.core.vm.GuestStream}.
   *
   * @param lossless whether the guest waits while more is in hand than is taken; if not, the oldest
   *     goes
   */
  record Program(boolean lossless) implements ChardevConfig {

    /** For a console: nobody need look. */
    public static final Program CONSOLE = new Program(false);

    /** For a port that a protocol is spoken on. */
    public static final Program PORT = new Program(true);
  }
}

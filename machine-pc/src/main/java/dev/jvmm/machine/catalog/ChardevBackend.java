package dev.jvmm.machine.catalog;

/** The kinds of character devices that there are, as {@code -chardev} names them. */
public enum ChardevBackend {
  /** The terminal, or whatever standard input and output are. */
  STDIO("stdio", "this terminal; Ctrl-A h helps"),
  /** A new pseudo-terminal. */
  PTY("pty", "a new pseudo-terminal, its name is printed"),
  /** A file that output is written to. */
  FILE("file", "path=: a file that takes the output"),
  /** Nothing. */
  NULL("null", "output is dropped, there is no input"),
  /** A UNIX socket. */
  SOCKET("socket", "path=,server=on|off,wait=on|off: a UNIX socket");

  private final String text;
  private final String doc;

  ChardevBackend(String text, String doc) {
    this.text = text;
    this.doc = doc;
  }

  /** As it is spelled. */
  public String text() {
    return text;
  }

  /** One line, no full stop. */
  public String doc() {
    return doc;
  }
}

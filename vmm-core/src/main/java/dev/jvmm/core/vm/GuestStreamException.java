package dev.jvmm.core.vm;

/**
 * What was expected of a guest's stream has not come, or the guest has not read what was sent; the
 * message says which, and ends with the last that the guest wrote.
 */
public final class GuestStreamException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  private final String tail;

  /**
   * Says what has not happened.
   *
   * @param sentence without a full stop
   * @param tail the stream's last characters
   */
  public GuestStreamException(String sentence, String tail) {
    super(sentence + "; the stream's last characters:\n" + tail);
    this.tail = tail;
  }

  /** The stream's last characters. */
  public String tail() {
    return tail;
  }
}

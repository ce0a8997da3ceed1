package dev.jvmm.core.chardev;

/**
 * A guest's end of a character stream.
 *
 * <p>Thread: called on the event loop's thread.
 */
public interface CharFrontend {

  /** What a host end tells besides bytes. */
  enum Event {
    /** Someone is at the other side now. */
    OPENED,
    /** No one is there any more; what is written is dropped. */
    CLOSED,
    /** The other side asks for a serial break. */
    BREAK,
    /** {@link Chardev#windowSize} answers something new. */
    RESIZED
  }

  /** How many bytes {@link #receive} can take now; 0 stops the reading until it is told. */
  int receiveRoom();

  /** Takes {@code length} bytes, at most what {@link #receiveRoom} just said. */
  void receive(byte[] bytes, int offset, int length);

  /** The host end can take more after a short write. */
  void writable();

  /** Something other than a byte has happened. */
  void event(Event event);
}

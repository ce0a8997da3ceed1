package dev.jvmm.core.chardev;

/**
 * A host's end of a character stream: a terminal, a file, a socket. One front end (a UART, a
 * console port, a monitor) uses it.
 *
 * <p>Neither side ever blocks: a host end that can't take more says so by a short count and calls
 * {@link CharFrontend#writable} later; a front end that can't take more says so by {@link
 * CharFrontend#receiveRoom} and calls {@link #receiveReady} later.
 *
 * <p>Thread: {@link #write} and {@link #receiveReady} are safe from any thread; the front end is
 * called on the event loop's thread only, and no lock of the character device is held then.
 */
public interface Chardev extends AutoCloseable {

  /** Says who is at the other side; once, before the machine runs. Reading begins then. */
  void connect(CharFrontend frontend);

  /**
   * Takes bytes from the front end towards the host, without blocking.
   *
   * @return how many were taken, from 0 to {@code length}; where it is less than {@code length} a
   *     {@link CharFrontend#writable} follows
   */
  int write(byte[] bytes, int offset, int length);

  /** The front end has room again after {@link CharFrontend#receiveRoom} said 0. */
  void receiveReady();

  /**
   * How large the screen at the other side is, {@link WindowSize#UNKNOWN} without one. On the loop.
   * From the first call on a change is told by {@link CharFrontend.Event#RESIZED}.
   */
  WindowSize windowSize();

  /** Flushes what can be written at once, gives the terminal back, closes. May be called twice. */
  @Override
  void close();
}

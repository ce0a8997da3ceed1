package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;

/**
 * A host end that takes everything: output vanishes, input never comes.
 *
 * <p>Thread: safe; it has no state.
 */
public final class NullChardev implements Chardev {

  private final EventLoop loop;

  /** One more of them; {@code loop} tells the front end that it is there. */
  public NullChardev(EventLoop loop) {
    this.loop = loop;
  }

  @Override
  public void connect(CharFrontend frontend) {
    loop.execute(() -> frontend.event(CharFrontend.Event.OPENED));
  }

  @Override
  public int write(byte[] bytes, int offset, int length) {
    return length;
  }

  @Override
  public void receiveReady() {
    // There is nothing to receive.
  }

  @Override
  public WindowSize windowSize() {
    return WindowSize.UNKNOWN;
  }

  @Override
  public void close() {
    // Nothing is open.
  }
}

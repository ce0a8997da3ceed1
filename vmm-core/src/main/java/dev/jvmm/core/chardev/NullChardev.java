package dev.jvmm.core.chardev;

/**
 * A host end where no one ever is: output vanishes, input never comes.
 *
 * <p>Thread: safe; it has no state.
 */
public final class NullChardev implements Chardev {

  /** One more of them; they are all the same. */
  public NullChardev() {}

  @Override
  public void connect(CharFrontend frontend) {
    // No one will ever be there to tell it of.
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
  public void close() {
    // Nothing is open.
  }
}

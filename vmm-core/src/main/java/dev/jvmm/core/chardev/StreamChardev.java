package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Objects;

/**
 * A host end inside this process, for embedders and tests: two Java streams.
 *
 * <p>The streams block whoever uses them, never the machine: a guest that prints more than anyone
 * reads is held up as by a slow terminal.
 *
 * <p>Thread: safe; each stream for one thread at a time.
 */
public final class StreamChardev extends BufferedChardev {

  private final EventLoop.Task roomMade;
  private final EventLoop.Task contentMade;
  private final BlockingPipe fromGuest = new BlockingPipe();
  private final BlockingPipe toGuest = new BlockingPipe();
  private boolean inputWatched; // on the loop
  private boolean outputWatched;

  /** A pair of streams, whose bytes the loop moves. */
  public StreamChardev(EventLoop loop) {
    super(loop, true);
    this.roomMade = loop.newTask(this::roomMade);
    this.contentMade = loop.newTask(this::contentMade);
  }

  /** What the guest prints; it ends when the character device is closed. */
  public InputStream fromGuest() {
    return new FromGuest();
  }

  /** What the guest reads. */
  public OutputStream toGuest() {
    return new ToGuest();
  }

  private final class FromGuest extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      if (length == 0) {
        return 0;
      }
      fromGuest.awaitContent();
      int taken = fromGuest.take(bytes, offset, length);
      roomMade.schedule();
      return taken == 0 ? -1 : taken;
    }
  }

  private final class ToGuest extends OutputStream {
    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      int sent = 0;
      while (sent < length) {
        toGuest.awaitRoom();
        sent += toGuest.put(bytes, offset + sent, length - sent);
        contentMade.schedule();
      }
    }
  }

  private void roomMade() {
    if (outputWatched) {
      outputReady();
    }
  }

  private void contentMade() {
    if (inputWatched) {
      inputReady();
    }
    if (inputWatched && toGuest.hasContent()) {
      contentMade.schedule(); // as a descriptor that is still ready has another turn
    }
  }

  @Override
  int readSome(byte[] into) {
    return toGuest.take(into, 0, into.length);
  }

  @Override
  int writeSome(byte[] from, int offset, int length) {
    return fromGuest.put(from, offset, length);
  }

  @Override
  void watchInput(boolean on) {
    if (on && !inputWatched) {
      contentMade.schedule();
    }
    inputWatched = on;
  }

  @Override
  void watchOutput(boolean on) {
    if (on && !outputWatched) {
      roomMade.schedule();
    }
    outputWatched = on;
  }

  @Override
  void begin() {
    attach();
  }

  @Override
  void inputGone() {
    // The streams never say so.
  }

  @Override
  void outputGone() {
    // The streams never say so.
  }

  @Override
  boolean awaitOutput(long nanos) {
    return fromGuest.awaitRoom(nanos);
  }

  @Override
  void release() {
    fromGuest.close();
    toGuest.close();
  }
}

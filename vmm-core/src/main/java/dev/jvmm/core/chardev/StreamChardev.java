package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.GuestStream;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A host end inside this process, for embedders and tests: a {@link GuestStream}.
 *
 * <p>It blocks whoever uses the stream, never the machine: a guest that prints more than anyone
 * reads is held up as by a slow terminal, or loses the oldest, as the configuration says.
 *
 * <p>Thread: safe.
 */
public final class StreamChardev extends BufferedChardev {

  private final EventLoop.Task roomMade;
  private final EventLoop.Task contentMade;
  private final BlockingPipe fromGuest;
  private final BlockingPipe toGuest = new BlockingPipe();
  private final ProgramStream stream;
  private boolean inputWatched; // on the loop
  private boolean outputWatched;

  /** A lossless one. */
  public StreamChardev(EventLoop loop) {
    this(loop, ChardevConfig.Program.PORT);
  }

  /** One whose bytes the loop moves. */
  public StreamChardev(EventLoop loop, ChardevConfig.Program config) {
    super(loop, true);
    this.roomMade = loop.newTask(this::roomMade);
    this.contentMade = loop.newTask(this::contentMade);
    this.fromGuest = new BlockingPipe(config.lossless());
    this.stream =
        new ProgramStream(
            new ProgramStream.Way(fromGuest, roomMade::schedule),
            new ProgramStream.Way(toGuest, contentMade::schedule));
  }

  /** The program's end. */
  public GuestStream stream() {
    return stream;
  }

  /** What the guest prints; it ends when the character device is closed. */
  public InputStream fromGuest() {
    return stream.input();
  }

  /** What the guest reads. */
  public OutputStream toGuest() {
    return stream.output();
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

  /** At the end nobody waits for the program: what is left is little, and kept whole. */
  @Override
  boolean awaitOutput(long nanos) {
    fromGuest.enlarge();
    return true;
  }

  @Override
  void release() {
    fromGuest.close();
    toGuest.close();
  }
}

package dev.jvmm.core.chardev;

import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.GuestStreamException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The streams of a {@link StreamChardev}, and what is made of them for programs that converse.
 *
 * <p>Thread: safe. The monitor of {@code held} guards what has come; it is never held while
 * waiting, nor taken by the machine's threads. The pipes' locks are leaves.
 */
final class ProgramStream implements GuestStream {

  private static final int PIECE_BYTES = 4096;

  private final Way from;
  private final Way to;
  private final HeldBytes held = new HeldBytes();
  private long seen; // of all bytes that the pipe has been given; guarded by held
  private long dropped; // guarded by held
  private final byte[] piece = new byte[PIECE_BYTES]; // guarded by held

  /**
   * A pipe between the program and the loop.
   *
   * @param pipe carries the bytes
   * @param moved tells the loop that the program has taken or added some
   */
  record Way(BlockingPipe pipe, Runnable moved) {}

  ProgramStream(Way from, Way to) {
    this.from = from;
    this.to = to;
  }

  /** Looks at what has come, under the monitor, until there is something to answer. */
  private interface Look<T> {
    @Nullable T now();
  }

  private <T> T await(Look<T> look, Duration patience, String what) throws InterruptedException {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      long seenNow;
      synchronized (held) {
        boolean full = !fetch();
        T found = look.now();
        if (found != null) {
          return found;
        }
        if (full) {
          throw failure("a MiB has come without " + what);
        }
        seenNow = seen;
      }
      if (!from.pipe().awaitMore(seenNow, deadline - System.nanoTime())) {
        boolean ended = from.pipe().isClosed();
        if (ended && from.pipe().hasContent()) {
          continue;
        }
        throw failure(
            ended
                ? "the stream ended before " + what
                : "for " + seconds(patience) + " there was no " + what);
      }
    }
  }

  private static String seconds(Duration patience) {
    return patience.toMillis() / 1000.0 + " s";
  }

  private GuestStreamException failure(String sentence) {
    return new GuestStreamException(sentence, tail());
  }

  /** Takes over what the pipe has; false where no more is held. Under the monitor. */
  private boolean fetch() {
    boolean any = false;
    boolean room = true;
    seen = from.pipe().added(); // first: what comes meanwhile is looked at again
    while (room) {
      int count = from.pipe().take(piece, 0, PIECE_BYTES);
      if (count == 0) {
        break;
      }
      any = true;
      held.add(piece, 0, count);
      room = makeRoom();
    }
    if (any) {
      from.moved().run();
    }
    return room;
  }

  /** False where no more may be held. */
  private boolean makeRoom() {
    int over = held.length() - BlockingPipe.MAX_BYTES;
    if (over >= 0 && from.pipe().isLossless()) {
      return false;
    }
    if (over > 0) {
      held.take(over);
      dropped += over;
    }
    return true;
  }

  @Override
  public Found expect(String text) throws InterruptedException {
    return expect(text, USUAL_PATIENCE);
  }

  @Override
  public Found expect(String text, Duration patience) throws InterruptedException {
    String bytes = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    return expect(Pattern.compile(bytes, Pattern.LITERAL), patience, "\"" + text + "\"");
  }

  @Override
  public Found expect(Pattern pattern, Duration patience) throws InterruptedException {
    return expect(pattern, patience, "match of " + pattern);
  }

  private Found expect(Pattern pattern, Duration patience, String what)
      throws InterruptedException {
    return await(
        () -> {
          Matcher matcher = pattern.matcher(held);
          if (!matcher.find()) {
            return null;
          }
          List<String> groups = new ArrayList<>();
          for (int i = 0; i <= matcher.groupCount(); i++) {
            int start = matcher.start(i);
            groups.add(start < 0 ? "" : held.text(start, matcher.end(i)));
          }
          Found found = new Found(held.text(0, matcher.start()), groups.getFirst(), groups);
          held.take(matcher.end());
          return found;
        },
        patience,
        what);
  }

  @Override
  public byte[] receive(int count, Duration patience) throws InterruptedException {
    Objects.checkIndex(count, BlockingPipe.MAX_BYTES + 1);
    return await(
        () -> {
          if (held.length() < count) {
            return null;
          }
          byte[] bytes = held.first(count);
          held.take(count);
          return bytes;
        },
        patience,
        count + " bytes");
  }

  @Override
  public String take() {
    synchronized (held) {
      fetch();
      String text = held.toString();
      held.take(held.length());
      return text;
    }
  }

  @Override
  public void send(String text) throws InterruptedException {
    send(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void send(byte[] bytes) throws InterruptedException {
    long deadline = System.nanoTime() + USUAL_PATIENCE.toNanos();
    int sent = 0;
    while (sent < bytes.length) {
      if (!to.pipe().awaitRoom(deadline - System.nanoTime())) {
        throw failure(
            to.pipe().isClosed()
                ? "the stream has ended, and takes nothing"
                : "the guest does not read; " + sent + " of " + bytes.length + " bytes are gone");
      }
      sent += to.pipe().put(bytes, sent, bytes.length - sent);
      to.moved().run();
    }
  }

  @Override
  public String tail() {
    synchronized (held) {
      fetch();
      return held.tail();
    }
  }

  @Override
  public long lost() {
    synchronized (held) {
      return dropped + from.pipe().lost();
    }
  }

  @Override
  public InputStream input() {
    return new Input();
  }

  @Override
  public OutputStream output() {
    return new Output();
  }

  private static InterruptedIOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    InterruptedIOException exception = new InterruptedIOException();
    exception.initCause(cause);
    return exception;
  }

  private final class Input extends InputStream {

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
      while (true) {
        long seenNow;
        synchronized (held) {
          fetch();
          int count = Math.min(length, held.length());
          if (count > 0) {
            System.arraycopy(held.first(count), 0, bytes, offset, count);
            held.take(count);
            return count;
          }
          seenNow = seen;
        }
        if (!awaitMore(seenNow)) {
          return -1;
        }
      }
    }

    private boolean awaitMore(long seenNow) throws IOException {
      try {
        return from.pipe().awaitMore(seenNow, Long.MAX_VALUE) || from.pipe().hasContent();
      } catch (InterruptedException e) {
        throw interrupted(e);
      }
    }

    @Override
    public int available() {
      synchronized (held) {
        fetch();
        return held.length();
      }
    }
  }

  private final class Output extends OutputStream {

    @Override
    public void write(int octet) throws IOException {
      write(new byte[] {(byte) octet}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      Objects.checkFromIndexSize(offset, length, bytes.length);
      int sent = 0;
      while (sent < length) {
        try {
          if (!to.pipe().awaitRoom(Long.MAX_VALUE)) {
            throw new IOException("the machine is closed");
          }
        } catch (InterruptedException e) {
          throw interrupted(e);
        }
        sent += to.pipe().put(bytes, offset + sent, length - sent);
        to.moved().run();
      }
    }
  }
}

package dev.jvmm.it.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The host's end of a guest's serial port or debug console: a UNIX socket that jvmm connects to.
 * What it receives is kept until it is expected; a character is a byte.
 *
 * <p>Thread: one test's; a thread of its own receives.
 */
public final class SerialLine implements AutoCloseable {

  private static final int TAIL_CHARACTERS = 3000;

  private final Path folder;
  private final Path path;
  private final ServerSocketChannel listener;
  private final Thread receiver;
  private final StringBuilder received = new StringBuilder(); // the monitor of what follows
  private int expected; // how much of it has been expected already
  private @Nullable SocketChannel peer;
  private boolean ended;

  /** Listens; whatever is built with {@link #option} then finds it. */
  public SerialLine() {
    try {
      folder = Files.createTempDirectory("jvmm-it");
      path = folder.resolve("line");
      listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
      listener.bind(UnixDomainSocketAddress.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    receiver = Thread.ofPlatform().name("serial-line").daemon().start(this::receive);
  }

  /** The value of {@code -serial} or {@code -debugcon} that leads here. */
  public String option() {
    return "unix:" + path;
  }

  /** The value of {@code -chardev} that leads here. */
  public String chardev(String id) {
    return "socket,id=" + id + ",path=" + path;
  }

  private void receive() {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    try (SocketChannel channel = listener.accept()) {
      synchronized (received) {
        peer = channel;
        received.notifyAll();
      }
      while (channel.read(buffer) >= 0) {
        String text = new String(buffer.array(), 0, buffer.position(), StandardCharsets.ISO_8859_1);
        buffer.clear();
        synchronized (received) {
          received.append(text);
          received.notifyAll();
        }
      }
    } catch (IOException e) {
      // closed, by one side or the other
    }
    synchronized (received) {
      ended = true;
      received.notifyAll();
    }
  }

  /** Sends bytes, as fast as they are taken. */
  public void send(byte[] bytes) {
    SocketChannel channel;
    synchronized (received) {
      await(Duration.ofMinutes(1), "a connection", () -> peer);
      channel = peer;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    try {
      while (channel != null && buffer.hasRemaining()) {
        channel.write(buffer);
      }
    } catch (IOException e) {
      throw new AssertionError("sending into a line that has ended; " + tail(), e);
    }
  }

  /** Sends a text, a byte for each of its characters. */
  public void send(String text) {
    send(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Waits for a text and takes everything up to it; answers what was before it. */
  public String expect(String text, Duration patience) {
    return expect(Pattern.compile(Pattern.quote(text)), patience).before();
  }

  /**
   * What was found.
   *
   * @param before it, since the last thing expected
   */
  public record Found(String before, MatchResult match) {}

  /** Waits for a match and takes everything up to it. */
  public Found expect(Pattern pattern, Duration patience) {
    synchronized (received) {
      return await(
          patience,
          pattern.pattern(),
          () -> {
            Matcher matcher = pattern.matcher(received);
            if (!matcher.find(expected)) {
              return null;
            }
            String before = received.substring(expected, matcher.start());
            expected = matcher.end();
            return new Found(before, matcher.toMatchResult());
          });
    }
  }

  /** Waits for so many bytes. */
  public byte[] expectBytes(int count, Duration patience) {
    synchronized (received) {
      return await(
          patience,
          count + " bytes",
          () -> {
            if (received.length() - expected < count) {
              return null;
            }
            expected += count;
            return received
                .substring(expected - count, expected)
                .getBytes(StandardCharsets.ISO_8859_1);
          });
    }
  }

  /** Waits for the line's end; answers what came before it. */
  public String rest(Duration patience) {
    synchronized (received) {
      long deadline = System.nanoTime() + patience.toNanos();
      while (!ended) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          throw new AssertionError("the line has not ended; " + tail());
        }
        pause(millis);
      }
      return received.substring(expected);
    }
  }

  /** Looks, under the monitor, after each arrival, until there is something. */
  private <T> T await(Duration patience, String what, Look<T> look) {
    long deadline = System.nanoTime() + patience.toNanos();
    while (true) {
      T found = look.now();
      if (found != null) {
        return found;
      }
      long millis = (deadline - System.nanoTime()) / 1_000_000;
      if (ended || millis <= 0) {
        String end = ended ? "the line ended" : "nothing for " + patience.toSeconds() + " s";
        throw new AssertionError(end + ", waiting for: " + what + "; " + tail());
      }
      pause(millis);
    }
  }

  /** Until something has come, or the line has ended; under the monitor. */
  private void pause(long millis) {
    try {
      received.wait(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted; " + tail(), e);
    }
  }

  private interface Look<T> {
    @Nullable T now();
  }

  /** The end of all that came, for people. */
  public String tail() {
    synchronized (received) {
      int start = Math.max(0, received.length() - TAIL_CHARACTERS);
      return "the line's last characters:\n"
          + received.substring(start).replaceAll("[^\\n\\x20-\\x7e]", "");
    }
  }

  @Override
  public void close() {
    try {
      listener.close();
      synchronized (received) {
        if (peer != null) {
          peer.close();
        }
      }
      receiver.join();
      Files.deleteIfExists(path);
      Files.delete(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}

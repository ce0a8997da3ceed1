package dev.jvmm.vhost;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.UnixSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Waits until a program of the host has said which port of the guest's it wants: {@code CONNECT
 * 1234} and a line's end, byte by byte, since what follows is the guest's.
 *
 * <p>Thread: confined to the event loop.
 */
final class VsockGreeting implements AutoCloseable {

  /** It made no sense, or the program has gone; VMADDR_PORT_ANY, so no port is lost by it. */
  static final int NONE = -1;

  private static final String WORD = "CONNECT ";

  /** The word and ten digits; the attack that it stops: a line that never ends. */
  private static final int MAX_BYTES = 18;

  private final UnixSocket socket;
  private final EventLoop loop;
  private final Consumer<VsockGreeting> done;
  private final StringBuilder line = new StringBuilder();
  private final MemorySegment octet = Arena.ofAuto().allocate(1);
  private EventLoop.@Nullable Registration watch;
  private int port = NONE;

  VsockGreeting(UnixSocket socket, EventLoop loop, Consumer<VsockGreeting> done) {
    this.socket = socket;
    this.loop = loop;
    this.done = done;
  }

  void listen() {
    watch = loop.register(socket.fd(), EventLoop.READ, events -> read());
  }

  UnixSocket socket() {
    return socket;
  }

  /** What was said; or {@link #NONE}. */
  int port() {
    return port;
  }

  private void read() {
    while (true) {
      int count = socket.fd().tryRead(octet);
      if (count == -Errno.EAGAIN) {
        return;
      }
      char next = count > 0 ? (char) octet.get(JAVA_BYTE, 0) : '\n';
      if (next == '\n' || line.length() == MAX_BYTES) {
        port = count > 0 && next == '\n' ? parse(line.toString()) : NONE;
        unwatch();
        done.accept(this);
        return;
      }
      line.append(next);
    }
  }

  private static int parse(String line) {
    try {
      return line.startsWith(WORD)
          ? Integer.parseUnsignedInt(line, WORD.length(), line.length(), 10)
          : NONE;
    } catch (NumberFormatException e) {
      return NONE;
    }
  }

  private void unwatch() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
  }

  @Override
  public void close() {
    unwatch();
    socket.close();
  }
}

package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.UnixSocket;
import dev.jvmm.virtio.vsock.HostStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A connected UNIX socket in place of a guest's port, or of one of the host's.
 *
 * <p>Thread: as {@link HostStream} says.
 */
final class UnixStream implements HostStream {

  private final UnixSocket socket;
  private final EventLoop loop;
  private final boolean begunByHost;
  private EventLoop.@Nullable Registration watch;

  /**
   * Takes over a socket that does not wait.
   *
   * @param begunByHost whether the host's program waits for a line that says OK
   */
  UnixStream(UnixSocket socket, EventLoop loop, boolean begunByHost) {
    this.socket = socket;
    this.loop = loop;
    this.begunByHost = begunByHost;
  }

  /** Edges alone: a host that has gone would say so all the time. */
  @Override
  public void listen(Listener listener) {
    watch =
        loop.register(
            socket.fd(),
            EventLoop.READ | EventLoop.WRITE | EventLoop.EDGE,
            events -> {
              if ((events & (EventLoop.READ | EventLoop.HANGUP)) != 0) {
                listener.readable();
              }
              if (watch != null && (events & (EventLoop.WRITE | EventLoop.HANGUP)) != 0) {
                listener.writable();
              }
            });
  }

  @Override
  public void accepted(int hostPort) {
    if (begunByHost) {
      byte[] line =
          "OK %s\n"
              .formatted(Integer.toUnsignedString(hostPort))
              .getBytes(StandardCharsets.US_ASCII);
      MemorySegment bytes = Arena.ofAuto().allocate(line.length);
      MemorySegment.copy(line, 0, bytes, ValueLayout.JAVA_BYTE, 0, line.length);
      socket.trySend(bytes); // the first bytes of a socket fit, or the other end has gone
    }
  }

  @Override
  public int receive(MemorySegment bytes) {
    int count = socket.fd().tryRead(bytes);
    if (count > 0) {
      return count;
    }
    return count == -Errno.EAGAIN ? NOTHING : ENDED;
  }

  @Override
  public int send(MemorySegment bytes) {
    int count = socket.trySend(bytes);
    if (count >= 0) {
      return count;
    }
    return count == -Errno.EAGAIN ? NOTHING : ENDED;
  }

  @Override
  public void shutdownOutput() {
    socket.shutdownOutput();
  }

  @Override
  public void close() {
    if (watch != null) {
      watch.close();
      watch = null;
    }
    socket.close();
  }
}

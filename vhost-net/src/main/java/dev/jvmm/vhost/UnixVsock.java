package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.UnixSocket;
import dev.jvmm.virtio.vsock.HostSockets;
import dev.jvmm.virtio.vsock.HostStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * UNIX sockets of the host in place of ports, named as Firecracker names them: who connects to PATH
 * and writes {@code CONNECT 1234} and a line's end is connected to the guest's port 1234, after a
 * line {@code OK} with the host's port; and a guest that connects to the host's port 1234 reaches
 * whoever listens at PATH_1234.
 *
 * <p>Thread: made and closed by one thread; in between confined to the event loop.
 */
public final class UnixVsock implements HostSockets, AutoCloseable {

  /** Who have connected and not said where to; the attack: one who connects and says nothing. */
  private static final int MAX_GREETINGS = 64;

  private static final int BACKLOG = 128;

  private final String path;
  private final EventLoop loop;
  private final UnixSocket listener;
  private final EventLoop.Registration watch;
  private final Set<VsockGreeting> greetings = new HashSet<>();
  private @Nullable Acceptor acceptor;

  /**
   * Listens.
   *
   * @param asked how the user said it, for messages
   * @throws dev.jvmm.core.vm.ConfigException if there can be no such socket
   */
  public static UnixVsock open(String path, EventLoop loop, Spelling asked) {
    try {
      return new UnixVsock(path, loop);
    } catch (LinuxException e) {
      throw asked.refused(
          switch (e.errno()) {
            case Errno.EADDRINUSE ->
                path + " is there already; remove it if no machine uses it, or give another";
            case Errno.ENOENT, Errno.ENOTDIR -> "there is no folder for " + path + "; make it";
            case Errno.EACCES, Errno.EPERM, Errno.EROFS ->
                path + " may not be made; give a place that you can write to";
            case Errno.ENAMETOOLONG -> path + " is longer than a socket's name; give a shorter one";
            default -> "the host refuses: " + e.getMessage();
          },
          e);
    }
  }

  private UnixVsock(String path, EventLoop loop) {
    this.path = path;
    this.loop = loop;
    this.listener = UnixSocket.listen(path, BACKLOG);
    listener.fd().setNonBlocking();
    this.watch = loop.register(listener.fd(), EventLoop.READ, events -> welcome());
  }

  private void welcome() {
    UnixSocket socket = listener.tryAccept();
    if (socket == null) {
      return;
    }
    if (greetings.size() >= MAX_GREETINGS) {
      socket.close();
      return;
    }
    socket.fd().setNonBlocking();
    VsockGreeting greeting = new VsockGreeting(socket, loop, this::greeted);
    greetings.add(greeting);
    greeting.listen();
  }

  /** Somebody has said where to, or has made no sense. */
  private void greeted(VsockGreeting greeting) {
    greetings.remove(greeting);
    int port = greeting.port();
    if (acceptor == null || port == VsockGreeting.NONE) {
      greeting.socket().close();
    } else {
      acceptor.connect(port, new UnixStream(greeting.socket(), loop, true));
    }
  }

  @Override
  public @Nullable HostStream connect(int hostPort) {
    try {
      String name = path + "_" + Integer.toUnsignedString(hostPort);
      return new UnixStream(UnixSocket.connectNow(name), loop, false);
    } catch (LinuxException e) {
      return null; // nobody is there
    }
  }

  @Override
  public void acceptor(@Nullable Acceptor newAcceptor) {
    acceptor = newAcceptor;
  }

  /** After the guest's device has been reset. */
  @Override
  public void close() {
    loop.invoke(
        () -> {
          watch.close();
          listener.close();
          greetings.forEach(VsockGreeting::close);
          greetings.clear();
        });
    try {
      Files.deleteIfExists(Path.of(path));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

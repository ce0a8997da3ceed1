package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A UNIX socket: one that others connect to, one at a time and any number after each other, or one
 * that is connected to another's. While no one is there, output vanishes.
 *
 * <p>A peer that has ended its sending counts as gone.
 *
 * <p>Thread: safe, as {@link BufferedChardev}.
 */
public final class SocketChardev extends BufferedChardev {

  private final EventLoop loop;
  private final @Nullable Server server;
  private @Nullable Peer peer; // changed on the loop, while open

  /** What is there only where others connect to us. */
  private record Server(UnixSocket listener, FdWatch watch, Path path) {}

  /** Who is connected. */
  private record Peer(UnixSocket socket, FdWatch watch, FdInput input, FdOutput output) {}

  /**
   * A socket that others connect to.
   *
   * @param listener closed with it
   * @param path its name, which is removed with it
   * @param first who has connected already, if anyone
   */
  SocketChardev(EventLoop loop, UnixSocket listener, Path path, @Nullable UnixSocket first) {
    super(loop, first != null);
    this.loop = loop;
    listener.fd().setNonBlocking();
    this.server =
        new Server(listener, new FdWatch(loop, listener.fd(), this::connectionWaits), path);
    this.peer = first == null ? null : newPeer(first);
  }

  /** A socket that is connected; closed with it. */
  SocketChardev(EventLoop loop, UnixSocket connected) {
    super(loop, true);
    this.loop = loop;
    this.server = null;
    this.peer = newPeer(connected);
  }

  private Peer newPeer(UnixSocket socket) {
    socket.fd().setNonBlocking();
    return new Peer(
        socket,
        new FdWatch(loop, socket.fd(), this::ready),
        new FdInput(socket.fd()),
        new FdOutput(socket.fd(), socket::trySend, false));
  }

  private void ready() {
    inputReady();
    if (peer != null) {
      outputReady();
    }
  }

  @Override
  void begin() {
    if (peer != null) {
      attach();
    } else {
      listen(true);
    }
  }

  /** While one is served, others wait in the kernel's queue. */
  private void listen(boolean on) {
    if (server != null) {
      server.watch().want(EventLoop.READ, on);
    }
  }

  private void connectionWaits() {
    whileOpen(
        () -> {
          UnixSocket next = server == null ? null : server.listener().tryAccept();
          peer = next == null ? null : newPeer(next);
        });
    if (peer != null) {
      listen(false);
      attach();
    }
  }

  private void lost() {
    Peer old = peer;
    if (old != null) {
      whileOpen(
          () -> {
            peer = null;
            closePeer(old);
          });
      detach();
      listen(true);
    }
  }

  private static void closePeer(Peer old) {
    old.watch().close();
    old.socket().close();
  }

  @Override
  int readSome(byte[] into) {
    return peer == null ? 0 : peer.input().read(into);
  }

  @Override
  int writeSome(byte[] from, int offset, int length) {
    return peer == null ? GONE : peer.output().write(from, offset, length);
  }

  @Override
  void watchInput(boolean on) {
    if (peer != null) {
      peer.watch().want(EventLoop.READ, on);
    }
  }

  @Override
  void watchOutput(boolean on) {
    if (peer != null) {
      peer.watch().want(EventLoop.WRITE, on);
    }
  }

  @Override
  void inputGone() {
    lost();
  }

  @Override
  void outputGone() {
    lost();
  }

  @Override
  boolean awaitOutput(long nanos) {
    return peer != null && peer.output().awaitReady(nanos);
  }

  @Override
  void release() {
    if (peer != null) {
      closePeer(peer);
    }
    if (server != null) {
      server.watch().close();
      server.listener().close();
      removeName(server.path());
    }
  }

  private static void removeName(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The name stays behind; the next to listen there finds that no one answers and removes it.
    }
  }
}

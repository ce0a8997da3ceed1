package dev.jvmm.core.chardev;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.MonotonicClock;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.UnixSocket;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
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

  /** Until the host is asked again for a connection that it could not give (EMFILE, ENOMEM). */
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  private final EventLoop loop;
  private final @Nullable Server server;
  private @Nullable Peer peer; // changed on the loop, while open

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(SocketChardev.class.getName());
  }

  /** Who connects next; a seam, since a host that has no descriptor left is hard to come by. */
  @FunctionalInterface
  interface Acceptor {

    /** As {@link UnixSocket#tryAccept}. */
    @Nullable UnixSocket tryAccept();
  }

  /** What is there only where others connect to us. */
  private record Server(
      UnixSocket listener, Acceptor acceptor, FdWatch watch, Path path, Clock.Timer retry) {}

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
    this(loop, listener, path, first, listener::tryAccept);
  }

  /** The same with another way to accept. */
  SocketChardev(
      EventLoop loop,
      UnixSocket listener,
      Path path,
      @Nullable UnixSocket first,
      Acceptor acceptor) {
    super(loop, first != null);
    this.loop = loop;
    listener.fd().setNonBlocking();
    this.server =
        new Server(
            listener,
            acceptor,
            new FdWatch(loop, listener.fd(), this::connectionWaits),
            path,
            new MonotonicClock(loop).newTimer(this::listenUnlessServing));
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
    boolean done = false;
    try {
      socket.fd().setNonBlocking();
      Peer made =
          new Peer(
              socket,
              new FdWatch(loop, socket.fd(), this::ready),
              new FdInput(socket.fd()),
              new FdOutput(socket.fd(), socket::trySend, false));
      done = true;
      return made;
    } finally {
      if (!done) {
        socket.close();
      }
    }
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

  private void listenUnlessServing() {
    if (peer == null) {
      listen(true);
    }
  }

  private void connectionWaits() {
    whileOpen(
        () -> {
          peer = server == null ? null : accept(server);
        });
    if (peer != null) {
      listen(false);
      attach();
    }
  }

  /**
   * The next client, or none. It stays in the kernel's queue, and the listener ready, where the
   * host has no descriptor for it: to look again at once would only keep the loop busy.
   */
  private @Nullable Peer accept(Server from) {
    try {
      UnixSocket next = from.acceptor().tryAccept();
      return next == null ? null : newPeer(next);
    } catch (LinuxException e) {
      Log.LOG.log(Level.DEBUG, from.path() + ": a client has to wait", e);
      from.watch().want(EventLoop.READ, false);
      from.retry().arm(System.nanoTime() + RETRY_NANOS);
      return null;
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
      server.retry().close();
      server.watch().close();
      server.listener().close();
      removeName(server.path());
    }
  }

  /** Removes a listening socket's name, if it is there. */
  static void removeName(Path path) {
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      // The name stays behind; the next to listen there finds that no one answers and removes it.
    }
  }
}

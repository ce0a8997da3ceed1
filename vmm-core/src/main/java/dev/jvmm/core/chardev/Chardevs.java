package dev.jvmm.core.chardev;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.UnixSocket;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** Opens host ends. Thread: safe. */
public final class Chardevs {

  private static final String PROPERTY = "chardev";
  private static final int READABLE_BY_ALL = 0644;

  private Chardevs() {}

  /**
   * Opens what the configuration describes. {@link EscapeKeys} are put in front by the caller, who
   * knows whom they reach. A socket that waits for its client returns when the first has connected;
   * interrupting the caller's thread ends the wait, with an exception.
   *
   * @throws ConfigException in one sentence, with nothing left open
   */
  public static Chardev open(ChardevConfig config, EventLoop loop) {
    return open(config, loop, new Spelling(PROPERTY, name(config)));
  }

  /** As {@link #open(ChardevConfig, EventLoop)}; {@code asked} is what the sentence names. */
  public static Chardev open(ChardevConfig config, EventLoop loop, Spelling asked) {
    // No switch over the types: the JVM makes the code of such a switch anew at every start.
    if (config instanceof ChardevConfig.Stdio stdio) {
      return StdioChardev.ofProcess(loop, stdio.signal());
    } else if (config instanceof ChardevConfig.Pty) {
      return pty(loop, asked);
    } else if (config instanceof ChardevConfig.File file) {
      return file(file, loop, asked);
    } else if (config instanceof ChardevConfig.UnixServer server) {
      return server(server, loop, asked);
    } else if (config instanceof ChardevConfig.UnixClient client) {
      return client(client, loop, asked);
    } else if (config instanceof ChardevConfig.Program program) {
      return new StreamChardev(loop, program);
    }
    return new NullChardev(loop);
  }

  private static String name(ChardevConfig config) {
    if (config instanceof ChardevConfig.File file) {
      return file.path();
    } else if (config instanceof ChardevConfig.UnixServer server) {
      return server.path();
    } else if (config instanceof ChardevConfig.UnixClient client) {
      return client.path();
    }
    return config instanceof ChardevConfig.Pty ? "pty" : "stdio";
  }

  private static Chardev pty(EventLoop loop, Spelling asked) {
    try {
      return new PtyChardev(loop);
    } catch (LinuxException e) {
      throw asked.refused("no pseudo-terminal can be had: " + e.getMessage(), e);
    }
  }

  private static Chardev file(ChardevConfig.File config, EventLoop loop, Spelling asked) {
    // Non-blocking: else a pipe's name would keep us until someone reads it.
    int flags = OpenFlags.WRONLY | OpenFlags.CREAT | OpenFlags.NOCTTY | OpenFlags.NONBLOCK;
    int position = config.append() ? OpenFlags.APPEND : OpenFlags.TRUNC;
    try {
      return new FileChardev(loop, Fd.open(config.path(), flags | position, READABLE_BY_ALL));
    } catch (LinuxException e) {
      throw refused(
          asked,
          switch (e.errno()) {
            case Errno.EISDIR -> "is a directory; name a file in it";
            case Errno.ENXIO -> "is a pipe that no one reads; start its reader first";
            default -> null;
          },
          e);
    }
  }

  private static Chardev client(ChardevConfig.UnixClient config, EventLoop loop, Spelling asked) {
    try {
      return new SocketChardev(loop, UnixSocket.connect(config.path()));
    } catch (LinuxException e) {
      throw refused(
          asked,
          switch (e.errno()) {
            case Errno.ENOENT -> "no such socket; start its server first, or give server=on";
            case Errno.ECONNREFUSED -> "no one listens there; start its server first";
            default -> null;
          },
          e);
    }
  }

  private static Chardev server(ChardevConfig.UnixServer config, EventLoop loop, Spelling asked) {
    Path path = Path.of(config.path());
    UnixSocket listener;
    try {
      listener = listen(config.path(), path, asked);
    } catch (LinuxException e) {
      String reason =
          e.errno() == Errno.EADDRINUSE
              ? "another process listens there; end it or choose another path"
              : null;
      throw refused(asked, reason, e);
    }
    boolean done = false;
    try {
      UnixSocket first = config.waitForClient() ? firstClient(listener, loop, asked) : null;
      done = true;
      return new SocketChardev(loop, listener, path, first);
    } catch (LinuxException e) {
      throw refused(asked, null, e);
    } finally {
      if (!done) {
        listener.close();
        SocketChardev.removeName(path);
      }
    }
  }

  /** The loop does the waiting: a thread in accept(2) could not be interrupted. */
  private static UnixSocket firstClient(UnixSocket listener, EventLoop loop, Spelling asked) {
    listener.fd().setNonBlocking();
    while (true) {
      UnixSocket client = listener.tryAccept();
      if (client != null) {
        return client;
      }
      CountDownLatch comes = new CountDownLatch(1);
      EventLoop.Registration watch =
          loop.register(
              listener.fd(), EventLoop.READ | EventLoop.EDGE, events -> comes.countDown());
      try {
        comes.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw asked.refused("no client has come before the wait was ended", e);
      } finally {
        watch.close();
      }
    }
  }

  /** Takes over a name that its last owner has left behind. */
  private static UnixSocket listen(String name, Path path, Spelling asked) {
    try {
      return UnixSocket.listen(name, 1);
    } catch (LinuxException e) {
      if (e.errno() != Errno.EADDRINUSE || isServed(name)) {
        throw e;
      }
    }
    if (!isSocket(path)) {
      throw asked.refused("is there and is no socket; remove it or choose another path");
    }
    try {
      Files.delete(path);
    } catch (IOException e) {
      throw asked.refused("was left behind by another process; remove it first", e);
    }
    return UnixSocket.listen(name, 1);
  }

  private static boolean isServed(String name) {
    try (UnixSocket probe = UnixSocket.connect(name)) {
      return probe.fd().isOpen();
    } catch (LinuxException e) {
      return e.errno() != Errno.ECONNREFUSED;
    }
  }

  private static boolean isSocket(Path path) {
    return Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
  }

  /**
   * One sentence for what can be wrong with any of them, unless there is a better {@code reason}.
   */
  private static ConfigException refused(
      Spelling asked, @Nullable String reason, LinuxException cause) {
    String sentence =
        switch (cause.errno()) {
          case Errno.ENOENT -> "its directory does not exist; make it or choose another path";
          case Errno.ENOTDIR -> "a part of the path is no directory; choose another path";
          case Errno.EACCES, Errno.EPERM -> "no permission; choose another path or change its mode";
          case Errno.EROFS -> "its file system is read-only; choose another path";
          case Errno.ENAMETOOLONG -> "the path is too long, a socket's has at most 107 bytes";
          default -> "can't be opened: " + cause.getMessage();
        };
    return asked.refused(reason == null ? sentence : reason, cause);
  }
}

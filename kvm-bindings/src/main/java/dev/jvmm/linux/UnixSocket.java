package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.jvmm.linux.libc.Libc;
import dev.jvmm.linux.libc.Scratch;
import dev.jvmm.linux.libc.SystemCall;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A UNIX stream socket (unix(7)), that can carry descriptors.
 *
 * <p>Thread: safe for one sender and one receiver at a time. Nothing here raises SIGPIPE.
 *
 * <p>Bytes alone also go by {@link #fd()}'s read; a write there could raise SIGPIPE, so send with
 * {@link #trySend}. The socket's name in the file system is its owner's to remove.
 */
public final class UnixSocket implements AutoCloseable {

  private static final int AF_UNIX = 1;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_CLOEXEC = 0x8_0000;
  private static final int SHUT_WR = 1;

  // struct sockaddr_un: the family, then 108 bytes with the path and its zero byte.
  private static final int PATH_OFFSET = 2;
  private static final int PATH_MAX_BYTES = 107;

  private final Fd fd;

  private UnixSocket(Fd fd) {
    this.fd = fd;
  }

  /**
   * What {@link #tryReceive} got: the count of bytes, 0 at the end, and the descriptors with them.
   */
  public record Received(int bytes, List<Fd> fds) {}

  /** Two sockets that are connected with each other: {@code [0]} and {@code [1]}. */
  public static UnixSocket[] pair() {
    MemorySegment memory = Scratch.current().memory();
    LinuxException.check(
        Libc.syscall(
            SystemCall.SOCKETPAIR, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, memory.address()),
        "socketpair",
        "");
    int first = memory.get(JAVA_INT, 0);
    int second = memory.get(JAVA_INT, 4);
    return new UnixSocket[] {new UnixSocket(Fd.adopt(first)), new UnixSocket(Fd.adopt(second))};
  }

  /** Takes over a connected or listening socket. */
  public static UnixSocket adopt(Fd fd) {
    return new UnixSocket(fd);
  }

  /**
   * Listens under a name, that must not be there yet (EADDRINUSE).
   *
   * @param path at most 107 bytes; longer is ENAMETOOLONG
   * @param backlog how many may wait for {@link #accept}
   */
  public static UnixSocket listen(String path, int backlog) {
    UnixSocket socket = create();
    try {
      socket.withAddress(SystemCall.BIND, "bind", path);
      LinuxException.check(
          Libc.syscall(SystemCall.LISTEN, socket.fd.number(), backlog), "listen", path);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /** Connects to whoever listens under a name. */
  public static UnixSocket connect(String path) {
    UnixSocket socket = create();
    try {
      socket.withAddress(SystemCall.CONNECT, "connect", path);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  /**
   * The same without waiting, for a socket that never does.
   *
   * @throws LinuxException EAGAIN where too many wait to be accepted
   */
  public static UnixSocket connectNow(String path) {
    UnixSocket socket = create();
    try {
      socket.fd.setNonBlocking();
      socket.withAddress(SystemCall.CONNECT, "connect", path);
      return socket;
    } catch (LinuxException e) {
      socket.close();
      throw e;
    }
  }

  private static UnixSocket create() {
    long result = Libc.syscall(SystemCall.SOCKET, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    return new UnixSocket(Fd.ofResult(result, "socket"));
  }

  private void withAddress(int systemCall, String operation, String path) {
    byte[] bytes = path.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > PATH_MAX_BYTES) {
      throw new LinuxException(operation, path, Errno.ENAMETOOLONG);
    }
    MemorySegment address = Scratch.current().memory();
    address.set(JAVA_SHORT, 0, (short) AF_UNIX);
    MemorySegment.copy(bytes, 0, address, JAVA_BYTE, PATH_OFFSET, bytes.length);
    address.set(JAVA_BYTE, PATH_OFFSET + bytes.length, (byte) 0);
    LinuxException.check(
        Libc.restarting(systemCall, fd.number(), address.address(), PATH_OFFSET + bytes.length + 1),
        operation,
        path);
  }

  /**
   * The next who connects. Waits, unless non-blocking: then EAGAIN is {@link #tryAccept}'s null.
   */
  public UnixSocket accept() {
    return new UnixSocket(
        Fd.adopt((int) LinuxException.check(acceptResult(), "accept", fd.name())));
  }

  /** The next who connects, or null if nobody waits (non-blocking) or has given up meanwhile. */
  public @Nullable UnixSocket tryAccept() {
    long result = acceptResult();
    if (result == -Errno.EAGAIN || result == -Errno.ECONNABORTED) {
      return null;
    }
    return new UnixSocket(Fd.adopt((int) LinuxException.check(result, "accept", fd.name())));
  }

  private long acceptResult() {
    return Libc.restarting(SystemCall.ACCEPT4, fd.number(), 0, 0, SOCK_CLOEXEC);
  }

  /**
   * Sends what fits.
   *
   * @return the number of bytes, or {@code -errno}: EAGAIN if nothing fits (non-blocking), EPIPE if
   *     the peer has gone
   */
  public int trySend(MemorySegment data) {
    return SocketMessage.send(fd, data, List.of());
  }

  /**
   * Sends bytes, at least one, and descriptors with the first of them. Ours stay open.
   *
   * @param fds at most {@value SocketMessage#MAX_FDS}
   * @return as {@link #trySend}; where it is positive the descriptors are on their way
   */
  public int trySend(MemorySegment data, List<Fd> fds) {
    return SocketMessage.send(fd, data, fds);
  }

  /**
   * Receives bytes and the descriptors that came with them, which are the caller's to close.
   *
   * @return null if nothing is there (non-blocking)
   * @throws LinuxException ECONNRESET, EMSGSIZE if more descriptors came than {@value
   *     SocketMessage#MAX_FDS}, and the like
   */
  public @Nullable Received tryReceive(MemorySegment data) {
    return SocketMessage.receive(fd, data);
  }

  /** Tells the peer that no more will be sent. */
  public void shutdownOutput() {
    Libc.syscall(SystemCall.SHUTDOWN, fd.number(), SHUT_WR);
  }

  public Fd fd() {
    return fd;
  }

  @Override
  public void close() {
    fd.close();
  }
}

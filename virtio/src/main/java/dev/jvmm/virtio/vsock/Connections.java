package dev.jvmm.virtio.vsock;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The connections of one driver, by their two ports, and what waits for the guest of all of them,
 * one packet each in turn.
 *
 * <p>Thread: confined to the event loop.
 */
final class Connections implements HostSockets.Acceptor {

  /** The attack that it stops: a guest that opens connections until the host has no memory. */
  static final int MAX = 256;

  /** Resets that wait; the attack: a guest that asks for nothing but them, and takes none. */
  static final int MAX_RESETS = 64;

  private static final int FIRST_HOST_PORT = 1 << 30; // those below are the services'

  private final long guestCid;
  private final HostSockets host;
  private final Map<Long, Connection> byPorts = new HashMap<>();
  private final ArrayDeque<Connection> waiting = new ArrayDeque<>();
  private final ArrayDeque<Ports> resets = new ArrayDeque<>();
  private Runnable wakeReceiver = () -> {};
  private Runnable wakeTransmitter = () -> {};
  private int nextHostPort = FIRST_HOST_PORT;
  private boolean closed;

  private record Ports(int guest, int host) {}

  Connections(long guestCid, HostSockets host) {
    this.guestCid = guestCid;
    this.host = host;
    host.acceptor(this);
  }

  long guestCid() {
    return guestCid;
  }

  /** Says how those who bring packets to the guest are woken. */
  void receiver(Runnable wake) {
    wakeReceiver = wake;
  }

  /** Says how those who take packets from the guest are woken. */
  void transmitter(Runnable wake) {
    wakeTransmitter = wake;
  }

  private static long key(int guestPort, int hostPort) {
    return (long) guestPort << 32 | Integer.toUnsignedLong(hostPort);
  }

  int count() {
    return byPorts.size();
  }

  /** Whether nothing is taken from the guest until it has taken some of what waits for it. */
  boolean isFull() {
    return resets.size() >= MAX_RESETS;
  }

  boolean hasPackets() {
    return !resets.isEmpty() || !waiting.isEmpty();
  }

  /** A connection may have something for the guest. */
  void ready(Connection connection) {
    if (!connection.queued && connection.hasPacket()) {
      connection.queued = true;
      waiting.add(connection);
      wakeReceiver.run();
    }
  }

  /** The next packet for the guest, as {@link Connection#next}. */
  int next(PacketHeader header, MemorySegment data, int most) {
    boolean wasFull = isFull();
    Ports reset = resets.poll();
    if (reset != null) {
      header.fromHost(guestCid, reset.host(), reset.guest(), PacketHeader.RST);
      if (wasFull) {
        wakeTransmitter.run();
      }
      return 0;
    }
    for (int i = waiting.size(); i > 0; i--) {
      Connection connection = waiting.remove();
      connection.queued = false;
      int length = connection.next(header, data, most);
      ready(connection);
      if (length >= 0) {
        return length;
      }
    }
    return -1;
  }

  /** A packet of the guest's, with {@code length} bytes of data or fewer than it says. */
  void packet(PacketHeader header, MemorySegment data, int length) {
    if (header.sourceCid() != guestCid || header.targetCid() != PacketHeader.HOST_CID) {
      return; // another's: not ours to answer (5.10.6.4.1)
    }
    int guestPort = header.sourcePort();
    int hostPort = header.targetPort();
    Connection connection = byPorts.get(key(guestPort, hostPort));
    boolean whole = header.length() == length && header.type() == PacketHeader.STREAM;
    if (connection == null) {
      if (whole && header.op() == PacketHeader.REQUEST) {
        request(header, guestPort, hostPort);
      } else if (header.op() != PacketHeader.RST) {
        resets.add(new Ports(guestPort, hostPort));
        wakeReceiver.run();
      }
    } else if (!whole || !obey(connection, header, data, length)) {
      abort(connection);
    }
  }

  private void request(PacketHeader header, int guestPort, int hostPort) {
    HostStream stream = byPorts.size() < MAX ? host.connect(hostPort) : null;
    if (stream == null) {
      resets.add(new Ports(guestPort, hostPort));
      wakeReceiver.run();
      return;
    }
    add(guestPort, hostPort, stream, true).credit(header);
  }

  /** False where a connection can't go on. */
  private boolean obey(Connection connection, PacketHeader header, MemorySegment data, int length) {
    connection.credit(header);
    switch (header.op()) {
      case PacketHeader.RESPONSE -> {
        return connection.accepted();
      }
      case PacketHeader.RST -> remove(connection);
      case PacketHeader.SHUTDOWN -> connection.shutdown(header.flags());
      case PacketHeader.RW -> {
        return connection.takes(length) && connection.received(data, length);
      }
      case PacketHeader.CREDIT_UPDATE -> {}
      case PacketHeader.CREDIT_REQUEST -> connection.due(PacketHeader.CREDIT_UPDATE);
      default -> {
        return false; // a second request, or an operation that there is not
      }
    }
    return true;
  }

  /** From the host: the guest is asked. */
  @Override
  public void connect(int guestPort, HostStream stream) {
    if (closed || byPorts.size() >= MAX) {
      stream.close();
      return;
    }
    while (byPorts.containsKey(key(guestPort, nextHostPort))) {
      advance();
    }
    int hostPort = nextHostPort;
    advance();
    add(guestPort, hostPort, stream, false);
  }

  private void advance() {
    nextHostPort = Math.max(FIRST_HOST_PORT, nextHostPort + 1); // back to the first at the end
  }

  private Connection add(int guestPort, int hostPort, HostStream stream, boolean open) {
    Connection connection = new Connection(this, guestPort, hostPort, stream);
    byPorts.put(key(guestPort, hostPort), connection);
    connection.begin(open);
    stream.listen(connection);
    return connection;
  }

  /** Ends a connection, and says so to the guest. */
  void abort(Connection connection) {
    if (remove(connection)) {
      resets.add(new Ports(connection.guestPort, connection.hostPort));
      wakeReceiver.run();
    }
  }

  private boolean remove(Connection connection) {
    boolean was = byPorts.remove(key(connection.guestPort, connection.hostPort), connection);
    if (was) {
      waiting.remove(connection);
      connection.queued = true; // so that nothing puts it there again
      connection.stream.close();
    }
    return was;
  }

  /** The driver has gone: so do all. */
  void close() {
    if (!closed) {
      closed = true;
      host.acceptor(null);
      List.copyOf(byPorts.values()).forEach(this::remove);
    }
  }
}

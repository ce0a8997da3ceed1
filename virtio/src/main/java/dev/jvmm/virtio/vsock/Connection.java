package dev.jvmm.virtio.vsock;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One connection between a port of the guest's and one of the host's: what waits in which
 * direction, and how much either side may still send (virtio 1.2, 5.10.6.3). Counts of bytes are of
 * 32 bits and wrap around, as in the packets.
 *
 * <p>Thread: confined to the event loop.
 */
final class Connection implements HostStream.Listener {

  /**
   * How much the guest may send that the host has not taken. The attack that it stops: a guest that
   * sends and a host that does not read.
   */
  static final int BUFFER_BYTES = 1 << 16;

  final int guestPort;
  final int hostPort;
  final HostStream stream;
  final Connections all;

  /** A ring of what the guest has sent; lazily, since most connections never need it. */
  private MemorySegment buffer = MemorySegment.NULL;

  private int first; // of the bytes in the ring
  private int held; // bytes in the ring
  private int forwarded; // what the host has taken
  private int forwardedTold;
  private int guestBufferBytes;
  private int guestForwarded;
  private int sent; // to the guest

  private boolean open; // not while the guest has not answered a request
  private boolean readable;
  private boolean ended; // the host sends no more
  private boolean guestWontSend;
  private boolean guestWontReceive;
  private boolean outputShut;
  private int due; // a bit for each op that the guest is to get
  boolean queued; // among those with something for the guest

  /** One of which the guest has not heard. */
  Connection(Connections all, int guestPort, int hostPort, HostStream stream) {
    this.all = all;
    this.guestPort = guestPort;
    this.hostPort = hostPort;
    this.stream = stream;
  }

  /** The guest hears of it: that it has what it asked for, or that it is asked. */
  void begin(boolean nowOpen) {
    open = nowOpen;
    due(open ? PacketHeader.RESPONSE : PacketHeader.REQUEST);
  }

  /** The guest is to get a packet of this kind. */
  void due(int op) {
    due |= 1 << op;
    all.ready(this);
  }

  private boolean take(int op) {
    boolean was = (due & 1 << op) != 0;
    due &= ~(1 << op);
    return was;
  }

  /** What the guest says of its buffers, in every packet. */
  void credit(PacketHeader header) {
    guestBufferBytes = header.bufferBytes();
    guestForwarded = header.forwarded();
    if (readable) {
      all.ready(this);
    }
  }

  /** How much the guest has room for; 0 where it says what can't be. */
  private int room() {
    long inFlight = Integer.toUnsignedLong(sent - guestForwarded);
    long room = Integer.toUnsignedLong(guestBufferBytes) - inFlight;
    return (int) Math.max(0, Math.min(room, BUFFER_BYTES));
  }

  /** The guest has answered a request. False: there was none. */
  boolean accepted() {
    if (open) {
      return false;
    }
    open = true;
    stream.accepted(hostPort);
    all.ready(this); // for what the host has sent meanwhile
    return true;
  }

  /** Whether the guest may send so much. */
  boolean takes(long length) {
    return open && !guestWontSend && length <= BUFFER_BYTES - held;
  }

  /** The guest has sent the first {@code length} bytes; they fit. False: the host is gone. */
  boolean received(MemorySegment bytes, int length) {
    int done = 0;
    if (held == 0) {
      done = length == 0 ? 0 : stream.send(bytes.asSlice(0, length));
      if (done == HostStream.ENDED) {
        return false;
      }
      forwarded += done;
    }
    hold(bytes, done, length - done);
    tellCredit();
    return true;
  }

  private void hold(MemorySegment bytes, int from, int length) {
    if (length > 0 && buffer.byteSize() == 0) {
      buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    }
    int at = (first + held) & (BUFFER_BYTES - 1);
    int piece = Math.min(length, BUFFER_BYTES - at);
    MemorySegment.copy(bytes, from, buffer, at, piece);
    MemorySegment.copy(bytes, from + piece, buffer, 0, length - piece);
    held += length;
  }

  @Override
  public void writable() {
    while (held > 0) {
      int done = stream.send(buffer.asSlice(first, Math.min(held, BUFFER_BYTES - first)));
      if (done == HostStream.ENDED) {
        all.abort(this);
        return;
      }
      if (done == HostStream.NOTHING) {
        break;
      }
      first = (first + done) & (BUFFER_BYTES - 1);
      held -= done;
      forwarded += done;
    }
    tellCredit();
    finish();
  }

  /** Before the guest runs out of what it believes is free. */
  private void tellCredit() {
    int untold = forwarded - forwardedTold;
    if (untold > BUFFER_BYTES / 2) {
      due(PacketHeader.CREDIT_UPDATE);
    }
  }

  @Override
  public void readable() {
    readable = true;
    all.ready(this);
  }

  /** The guest will do without, from now on. */
  void shutdown(int flags) {
    guestWontReceive |= (flags & PacketHeader.WONT_RECEIVE) != 0;
    guestWontSend |= (flags & PacketHeader.WONT_SEND) != 0;
    finish();
  }

  /** What the guest has sent goes first; then the host learns that no more comes. */
  private void finish() {
    if (!guestWontSend || held > 0) {
      return;
    }
    if (guestWontReceive) {
      all.abort(this); // a reset is the answer to a shutdown both ways (5.10.6.6)
    } else if (!outputShut) {
      outputShut = true;
      stream.shutdownOutput();
    }
  }

  /** Whether there may be something for the guest. */
  boolean hasPacket() {
    return due != 0 || (open && readable && !ended && !guestWontReceive && room() > 0);
  }

  /**
   * Fills in the next packet.
   *
   * @param data where its data go
   * @param most how much of that the driver has room for
   * @return the bytes of data, or -1 where there is no packet after all
   */
  int next(PacketHeader header, MemorySegment data, int most) {
    int length = 0;
    int op = 0;
    if (take(PacketHeader.REQUEST)) {
      op = PacketHeader.REQUEST;
    } else if (take(PacketHeader.RESPONSE)) {
      op = PacketHeader.RESPONSE;
    } else {
      length = open && readable && !guestWontReceive ? data(data, Math.min(most, room())) : 0;
      if (length > 0) {
        op = PacketHeader.RW;
      } else if (take(PacketHeader.SHUTDOWN)) {
        op = PacketHeader.SHUTDOWN;
      } else if (take(PacketHeader.CREDIT_UPDATE)) {
        op = PacketHeader.CREDIT_UPDATE;
      }
    }
    if (op == 0) {
      return -1;
    }
    take(PacketHeader.CREDIT_UPDATE); // each packet says it
    header.fromHost(all.guestCid(), hostPort, guestPort, op).length(length);
    header.flags(op == PacketHeader.SHUTDOWN ? PacketHeader.WONT_SEND : 0);
    header.credit(BUFFER_BYTES, forwarded);
    forwardedTold = forwarded;
    return length;
  }

  private int data(MemorySegment data, int most) {
    if (ended || most <= 0) {
      return 0;
    }
    int length = stream.receive(data.asSlice(0, most));
    if (length == HostStream.ENDED) {
      ended = true;
      due |= 1 << PacketHeader.SHUTDOWN;
      return 0;
    }
    if (length == HostStream.NOTHING) {
      readable = false;
    }
    sent += length;
    return length;
  }
}

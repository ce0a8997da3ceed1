package dev.jvmm.virtio.vsock;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A host in memory: who listens at which port, and the streams that there were. */
final class FakeHost implements HostSockets {

  final Set<Integer> ports = new HashSet<>();
  final List<Stream> streams = new ArrayList<>();
  @Nullable Acceptor acceptor;

  /** A stream whose host reads when the test says so. */
  static final class Stream implements HostStream {

    final ArrayDeque<byte[]> toGuest = new ArrayDeque<>();
    final ByteArrayOutputStream toHost = new ByteArrayOutputStream();
    int room = Integer.MAX_VALUE;
    int acceptedAs;
    boolean ended;
    boolean gone;
    boolean outputShut;
    boolean closed;
    @Nullable Listener listener;

    /** The host sends. */
    void arrive(byte... bytes) {
      toGuest.add(bytes);
      changed();
    }

    /** The host sends no more. */
    void end() {
      ended = true;
      changed();
    }

    private void changed() {
      if (listener != null) {
        listener.readable();
      }
    }

    /** The host has read what there was, and has room for so much more. */
    void read(int more) {
      room = more;
      Objects.requireNonNull(listener).writable();
    }

    @Override
    public void listen(Listener newListener) {
      listener = newListener;
      changed();
    }

    @Override
    public void accepted(int hostPort) {
      acceptedAs = hostPort;
    }

    @Override
    public int receive(MemorySegment bytes) {
      byte[] next = toGuest.poll();
      if (next == null) {
        return ended ? ENDED : NOTHING;
      }
      int count = (int) Math.min(next.length, bytes.byteSize());
      MemorySegment.copy(next, 0, bytes, ValueLayout.JAVA_BYTE, 0, count);
      if (count < next.length) {
        toGuest.addFirst(Arrays.copyOfRange(next, count, next.length));
      }
      return count;
    }

    @Override
    public int send(MemorySegment bytes) {
      if (gone) {
        return ENDED;
      }
      int count = (int) Math.min(room, bytes.byteSize());
      room -= count;
      toHost.writeBytes(bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE));
      return count;
    }

    @Override
    public void shutdownOutput() {
      outputShut = true;
    }

    @Override
    public void close() {
      closed = true;
      listener = null;
    }
  }

  @Override
  public @Nullable HostStream connect(int hostPort) {
    if (!ports.contains(hostPort)) {
      return null;
    }
    Stream stream = new Stream();
    streams.add(stream);
    return stream;
  }

  @Override
  public void acceptor(@Nullable Acceptor newAcceptor) {
    acceptor = newAcceptor;
  }

  /** A program of the host connects to a port of the guest's. */
  Stream connectTo(int guestPort) {
    Stream stream = new Stream();
    Objects.requireNonNull(acceptor).connect(guestPort, stream);
    return stream;
  }
}

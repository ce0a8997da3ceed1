package dev.jvmm.virtio.net;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A network in memory, whose frames the test writes and reads, each with its header. */
final class MemoryNetwork implements NetBackend {

  final List<Line> lines = new ArrayList<>();
  int headerBytes;
  long guestOffloads;
  int active;
  MemorySegment ram = MemorySegment.NULL;
  long offloads = NetFeatures.GUEST_OFFLOADS | NetFeatures.HOST_OFFLOADS;

  /** One pair of queues. */
  final class Line implements NetQueue {

    final ArrayDeque<byte[]> in = new ArrayDeque<>();
    final List<byte[]> out = new ArrayList<>();
    int room = Integer.MAX_VALUE; // for frames that the guest sends
    boolean broken;
    boolean quiet; // counts, and allocates nothing
    long sent;
    long received;
    int endless; // this many bytes come again and again; 0: what is in
    @Nullable Runnable readable;
    @Nullable Runnable writable;
    private final MemorySegment endlessFrame =
        MemorySegment.ofArray(NetGuest.frame(NetGuest.MAC, 65_000));

    @Override
    public int receive(FrameRoom buffers) {
      if (broken) {
        return LOST;
      }
      if (endless != 0) {
        received++;
        return buffers.fill(endlessFrame, endless);
      }
      byte[] frame = in.poll();
      return frame == null ? NOTHING : buffers.fill(MemorySegment.ofArray(frame), frame.length);
    }

    @Override
    public int send(FrameOut frame) {
      if (broken) {
        return LOST;
      }
      if (room == 0) {
        return NOTHING;
      }
      room--;
      sent++;
      if (!quiet) {
        out.add(copy(frame));
      }
      return frame.sizeBytes();
    }

    @Override
    public void whenReadable(@Nullable Runnable newReadable) {
      readable = newReadable;
    }

    @Override
    public void whenWritable(@Nullable Runnable newWritable) {
      writable = newWritable;
    }

    /** The loop has seen that there are frames; somebody looks. */
    void tellReadable() {
      Objects.requireNonNull(readable).run();
    }

    /** The loop has seen that there is room; somebody waits. */
    void tellWritable() {
      Objects.requireNonNull(writable).run();
    }

    /** As the host's loop does: tells of frames while there are any and somebody looks. */
    void deliver() {
      while (readable != null && !in.isEmpty()) {
        int before = in.size();
        readable.run();
        if (in.size() == before && readable != null) {
          throw new AssertionError("looks, and takes nothing");
        }
      }
    }

    /** Follows the iovecs as writev does: the header, then pieces of the guest's memory. */
    private byte[] copy(FrameOut frame) {
      byte[] bytes = new byte[frame.sizeBytes()];
      int header = frame.headerBytes();
      MemorySegment.copy(frame.headerMemory(), ValueLayout.JAVA_BYTE, 0, bytes, 0, header);
      int done = header;
      for (int i = 1; i < frame.count(); i++) {
        long address = frame.table().get(ValueLayout.JAVA_LONG, 16L * i);
        int length = (int) frame.table().get(ValueLayout.JAVA_LONG, 16L * i + 8);
        long offset = address - ram.address();
        MemorySegment.copy(ram, ValueLayout.JAVA_BYTE, offset, bytes, done, length);
        done += length;
      }
      if (done != bytes.length) {
        throw new AssertionError(done + " bytes of " + bytes.length);
      }
      return bytes;
    }
  }

  MemoryNetwork(int pairs) {
    for (int i = 0; i < pairs; i++) {
      lines.add(new Line());
    }
  }

  @Override
  public int maxPairs() {
    return lines.size();
  }

  @Override
  public long offloads() {
    return offloads;
  }

  @Override
  public void begin(int newHeaderBytes, long newGuestOffloads) {
    headerBytes = newHeaderBytes;
    guestOffloads = newGuestOffloads;
    active = 1;
  }

  @Override
  public void guestOffloads(long newOffloads) {
    guestOffloads = newOffloads;
  }

  @Override
  public void activePairs(int count) {
    active = count;
  }

  @Override
  public NetQueue queue(int pair) {
    return lines.get(pair);
  }
}

package dev.jvmm.vhost;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.net.FrameOut;
import dev.jvmm.virtio.net.FrameRoom;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * One queue of a TAP interface whose frames carry no header ({@code vnet_hdr=off}): the guest's is
 * left out, and an empty one is put in front of what comes. A copy more, for hosts that need it.
 *
 * <p>Thread: as {@link TapQueue}.
 */
final class PlainTapQueue extends TapQueue {

  private static final int IOVEC_BYTES = 16;
  private static final int MAX_HEADER_BYTES = 12;
  private static final int MAX_FRAME_BYTES = 65535 + 14 + 4;

  private final Arena arena = Arena.ofAuto();
  private final MemorySegment iovec = arena.allocate(IOVEC_BYTES, Long.BYTES);
  private final MemorySegment frame = arena.allocate(MAX_HEADER_BYTES + MAX_FRAME_BYTES);
  private int headerBytes = MAX_HEADER_BYTES;

  PlainTapQueue(Tap tap, EventLoop loop) {
    super(tap, loop);
  }

  @Override
  void headerBytes(int bytes) {
    headerBytes = bytes;
    frame.asSlice(0, bytes).fill((byte) 0);
    iovec.set(JAVA_LONG, 0, frame.address() + bytes);
    iovec.set(JAVA_LONG, Long.BYTES, MAX_FRAME_BYTES);
  }

  @Override
  public int receive(FrameRoom room) {
    int outcome = outcome(tap().tryReadv(iovec.address(), 1));
    return outcome <= 0 ? outcome : room.fill(frame, headerBytes + outcome);
  }

  @Override
  public int send(FrameOut out) {
    return outcome(tap().tryWritev(out.iovecs() + IOVEC_BYTES, out.count() - 1));
  }
}

package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.virtio.net.FrameOut;
import dev.jvmm.virtio.net.FrameRoom;
import dev.jvmm.virtio.net.NetBackend;
import dev.jvmm.virtio.net.NetQueue;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A network in which DHCP is answered on the way, so that neither the host nor its firewall has to
 * know of it.
 *
 * <p>Thread: as {@link NetBackend} says.
 */
final class DhcpBackend implements NetBackend {

  /** Answers that wait; the attack that it stops: a guest that asks and never listens. */
  private static final int MAX_WAITING = 4;

  private final NetBackend network;
  private final DhcpResponder responder;
  private final List<Queue> queues = new ArrayList<>();

  /** Puts {@code responder} in front of a network whose frames {@code loop} moves. */
  DhcpBackend(NetBackend network, DhcpResponder responder, EventLoop loop) {
    this.network = network;
    this.responder = responder;
    for (int i = 0; i < network.maxPairs(); i++) {
      queues.add(new Queue(network.queue(i), loop));
    }
  }

  @Override
  public int maxPairs() {
    return network.maxPairs();
  }

  @Override
  public long offloads() {
    return network.offloads();
  }

  @Override
  public void begin(int headerBytes, long guestOffloads) {
    queues.forEach(queue -> queue.waiting.clear());
    network.begin(headerBytes, guestOffloads);
  }

  @Override
  public void guestOffloads(long offloads) {
    network.guestOffloads(offloads);
  }

  @Override
  public void activePairs(int count) {
    network.activePairs(count);
  }

  @Override
  public NetQueue queue(int pair) {
    return queues.get(pair);
  }

  private final class Queue implements NetQueue {

    private static final int HEAD_BYTES = 64; // where UDP's ports are, whatever IP's options

    private final NetQueue below;
    private final ArrayDeque<byte[]> waiting = new ArrayDeque<>();
    private final EventLoop.Task tell;
    private final byte[] seen = new byte[DhcpResponder.MAX_FRAME_BYTES];
    private @Nullable Runnable readable;

    Queue(NetQueue below, EventLoop loop) {
      this.below = below;
      this.tell = loop.newTask(this::tell);
    }

    @Override
    public int receive(FrameRoom room) {
      byte[] answer = waiting.poll();
      return answer == null
          ? below.receive(room)
          : room.fill(MemorySegment.ofArray(answer), answer.length);
    }

    @Override
    public int send(FrameOut frame) {
      int length = frame.sizeBytes() - frame.headerBytes();
      if (length <= seen.length
          && length >= HEAD_BYTES
          && frame.read(0, seen, HEAD_BYTES)
          && DhcpResponder.mayBeForUs(seen)
          && frame.read(0, seen, length)) {
        byte[] answer = responder.answer(seen, length);
        if (answer != null) {
          answer(answer, frame.headerBytes());
          return frame.sizeBytes();
        }
      }
      return below.send(frame);
    }

    private void answer(byte[] frame, int headerBytes) {
      if (waiting.size() < MAX_WAITING) {
        byte[] whole = new byte[headerBytes + frame.length];
        System.arraycopy(frame, 0, whole, headerBytes, frame.length);
        waiting.add(whole);
        tell.schedule();
      }
    }

    private void tell() {
      if (readable != null && !waiting.isEmpty()) {
        readable.run();
      }
    }

    @Override
    public void whenReadable(@Nullable Runnable newReadable) {
      readable = newReadable;
      below.whenReadable(newReadable);
      if (newReadable != null && !waiting.isEmpty()) {
        tell.schedule();
      }
    }

    @Override
    public void whenWritable(@Nullable Runnable writable) {
      below.whenWritable(writable);
    }
  }
}

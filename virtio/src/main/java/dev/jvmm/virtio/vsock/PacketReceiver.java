package dev.jvmm.virtio.vsock;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * Fills the guest's buffers with packets, one each. A buffer that there is no packet for is kept
 * until there is.
 *
 * <p>Thread: confined to its runner.
 */
final class PacketReceiver implements QueueWorker {

  /** Packets a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final VirtioVsock.Driver driver;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private final PacketHeader header = new PacketHeader();
  private final MemorySegment data = Arena.ofAuto().allocate(Connection.BUFFER_BYTES);
  private @Nullable DescriptorChain room;

  PacketReceiver(VirtioVsock.Driver driver, SplitVirtqueue queue, Runnable wake) {
    this.driver = driver;
    this.queue = queue;
    this.wake = wake;
  }

  @Override
  public int runOnce() {
    Connections connections = driver.connections();
    connections.receiver(wake);
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      if (!connections.hasPackets()) {
        queue.flush();
        return 0; // the next packet wakes us; until then the driver need not notify
      }
      DescriptorChain next = room == null ? queue.poll() : room;
      room = next;
      if (next == null) {
        break;
      }
      int sent = fill(connections, next);
      if (sent >= 0) {
        queue.complete(next, sent);
        room = null;
        done++;
      }
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  /**
   * Puts a packet in: its bytes, -1 without one, and 0 where there is no room for a header and a
   * byte. The attack that the byte stops: a buffer that is kept for ever, while we look again and
   * again for what fits it.
   */
  private int fill(Connections connections, DescriptorChain buffer) {
    int most = buffer.writable().sizeBytes() - PacketHeader.BYTES;
    if (most <= 0) {
      return 0;
    }
    int length = connections.next(header, data, Math.min(most, Connection.BUFFER_BYTES));
    if (length < 0) {
      return -1;
    }
    buffer.writable().write(0, header.bytes(), PacketHeader.BYTES);
    buffer.writable().write(PacketHeader.BYTES, data, 0, length);
    return PacketHeader.BYTES + length;
  }

  @Override
  public void drain(Runnable drained) {
    room = null;
    driver.end();
    drained.run();
  }
}

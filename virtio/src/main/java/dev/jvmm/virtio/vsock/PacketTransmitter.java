package dev.jvmm.virtio.vsock;

import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.ReadableSlices;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Takes the guest's packets. While too many answers wait for the guest it takes none.
 *
 * <p>Thread: confined to its runner.
 */
final class PacketTransmitter implements QueueWorker {

  /** Packets a run: the other devices of the event loop want their turn. */
  private static final int BATCH = 32;

  private final VirtioVsock.Driver driver;
  private final SplitVirtqueue queue;
  private final Runnable wake;
  private final PacketHeader header = new PacketHeader();
  private final MemorySegment data = Arena.ofAuto().allocate(Connection.BUFFER_BYTES);

  PacketTransmitter(VirtioVsock.Driver driver, SplitVirtqueue queue, Runnable wake) {
    this.driver = driver;
    this.queue = queue;
    this.wake = wake;
  }

  @Override
  public int runOnce() {
    Connections connections = driver.connections();
    connections.transmitter(wake);
    queue.suppressNotifications();
    int done = 0;
    while (done < BATCH) {
      if (connections.isFull()) {
        queue.flush();
        return 0; // the guest has to take an answer first, which wakes us
      }
      DescriptorChain chain = queue.poll();
      if (chain == null) {
        break;
      }
      take(connections, chain.readable());
      queue.complete(chain, 0);
      done++;
    }
    queue.flush();
    return done == BATCH || queue.allowNotifications() ? Math.max(done, 1) : 0;
  }

  /** The header is copied once, and the copy looked at; so are the data. */
  private void take(Connections connections, ReadableSlices packet) {
    if (!packet.read(0, header.bytes(), PacketHeader.BYTES)) {
      return; // whose it is nobody knows
    }
    long length = header.length();
    boolean fits = length <= data.byteSize() && packet.read(PacketHeader.BYTES, data, 0, length);
    connections.packet(header, data, fits ? (int) length : -1);
  }

  @Override
  public void drain(Runnable drained) {
    driver.end();
    drained.run();
  }
}

package dev.jvmm.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.junit.Lifecycle;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.device.FuzzedQueues;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Packets of any kind, and a host that connects, sends, reads and leaves. The input is as {@link
 * FuzzedQueues} says; besides:
 *
 * <ul>
 *   <li>5: a packet that is well-formed. Bits 3 to 5 are the operation, bits 6 and 7 the guest's
 *       port; the next octet has the host's port in bits 0 and 1, flags in bits 2 and 3 and in bits
 *       4 to 7 how many hundred bytes there are; then 16 bits of room and 16 bits of what the guest
 *       has taken.
 *   <li>6: a host's program, by bits 3 and 4: sends, as many bytes as the next octet says, ends,
 *       leaves, or reads so many; the one after that says which.
 *   <li>7: a host's program that connects to the port that bits 3 and 4 name.
 * </ul>
 */
class VsockPacketsFuzzTest {

  private static final int RECEIVE = 0;
  private static final int TRANSMIT = 1;
  private static final int PORTS = 4; // from 0 on; at two of the host's somebody listens
  private static final long BUFFERS = FuzzedQueues.DATA + 0x8_0000;
  private static final long SEND = FuzzedQueues.DATA + 0x4_0000;
  private static final int BUFFER_BYTES = 4096;
  private static final GuestMemory MEMORY = DriverSide.ram();

  private final FakeHost host = new FakeHost();
  private final FuzzedQueues queues;

  VsockPacketsFuzzTest() {
    FuzzedAccesses.clear(MEMORY);
    host.ports.add(0);
    host.ports.add(1);
    queues = new FuzzedQueues(new GuestDriver(new VirtioVsock(VsockGuest.CID, host), MEMORY));
  }

  @FuzzTest(lifecycle = Lifecycle.PER_EXECUTION)
  void packets(byte[] bytes) {
    queues.run(new FuzzInput(bytes), this::world);
    giveBuffers();
    assertThat(queues.outstanding(TRANSMIT)).as("packets never taken").isZero();
    queues.reset(0);
    assertThat(host.streams).allMatch(stream -> stream.closed);
    send(PacketHeader.REQUEST, 0, 0, 0, 0, 0, 0);
    queues.settle();
    assertThat(host.streams.getLast().closed).isFalse();
    queues.offer(RECEIVE, Piece.writable(BUFFERS, BUFFER_BYTES));
    queues.settle();
    assertThat(queues.outstanding(RECEIVE)).isZero();
  }

  /** Takes all answers; without that the device takes no more packets. */
  private void giveBuffers() {
    for (int i = 0; i <= Connections.MAX_RESETS; i++) {
      queues.offer(RECEIVE, Piece.writable(BUFFERS, BUFFER_BYTES));
      queues.settle();
    }
  }

  private void world(int op, FuzzInput input) {
    int high = op >> 3;
    switch (op & 7) {
      case 5 -> {
        int more = input.u8();
        int length = (more >> 4) * 100;
        send(high & 7, high >> 3, more & 3, more >> 2 & 3, length, input.u16(), input.u16());
      }
      case 6 -> program(high & 3, input.u8(), input.u8());
      default -> {
        if (host.acceptor != null) {
          host.streams.add(host.connectTo(high % PORTS));
        }
      }
    }
  }

  private void send(
      int op, int guestPort, int hostPort, int flags, int length, int room, int taken) {
    ByteBuffer packet =
        ByteBuffer.wrap(VsockGuest.header(op, guestPort, hostPort, length))
            .order(ByteOrder.LITTLE_ENDIAN)
            .putInt(32, flags)
            .putInt(36, room)
            .putInt(40, taken);
    MEMORY.write(SEND, packet.array());
    Piece header = Piece.readable(SEND, PacketHeader.BYTES);
    if (length == 0) {
      queues.offer(TRANSMIT, header);
    } else {
      queues.offer(TRANSMIT, header, Piece.readable(SEND, length));
    }
  }

  private void program(int what, int count, int which) {
    if (host.streams.isEmpty()) {
      return;
    }
    FakeHost.Stream stream = host.streams.get(which % host.streams.size());
    switch (what) {
      case 0 -> stream.arrive(new byte[count + 1]);
      case 1 -> stream.end();
      case 2 -> stream.gone = true;
      default -> {
        stream.room = count;
        if (stream.listener != null) {
          stream.listener.writable();
        }
      }
    }
  }
}

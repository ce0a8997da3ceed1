package dev.jvmm.virtio.vsock;

import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A guest with a socket device: what a driver does, honest or not. */
final class VsockGuest {

  static final long CID = 5;
  static final int PORT = 1000;
  static final int HOST_PORT = 2000;

  private static final long SEND = 0x8_0000;
  private static final long RECEIVE = 0xC_0000;
  private static final int BUFFER_BYTES = 4096;

  final FakeHost host = new FakeHost();
  final GuestDriver driver = new GuestDriver(new VirtioVsock(CID, host));
  DriverSide receive;
  DriverSide transmit;

  /** What the guest says of its own buffers in every packet. */
  int credit = 1 << 20;

  int forwarded;

  VsockGuest() {
    start();
  }

  /** As a driver begins, the first and after each reset. */
  void start() {
    driver.negotiate(driver.offered());
    receive = driver.enable(0);
    transmit = driver.enable(1);
    driver.driverOk();
    driver.runner.runUntilIdle();
  }

  /** A packet as it came. */
  record Packet(
      long from,
      long to,
      int hostPort,
      int guestPort,
      int op,
      int flags,
      int credit,
      int forwarded,
      String payload) {

    byte[] data() {
      return payload.getBytes(StandardCharsets.ISO_8859_1);
    }
  }

  static byte[] header(int op, int guestPort, int hostPort, int length) {
    ByteBuffer header = ByteBuffer.allocate(PacketHeader.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    header.putLong(CID).putLong(PacketHeader.HOST_CID).putInt(guestPort).putInt(hostPort);
    header.putInt(length).putShort((short) 1).putShort((short) op);
    return header.array();
  }

  /** An honest packet. */
  void send(int op, int flags, byte... data) {
    send(op, PORT, HOST_PORT, flags, data);
  }

  void send(int op, int guestPort, int hostPort, int flags, byte... data) {
    byte[] bytes = Arrays.copyOf(header(op, guestPort, hostPort, data.length), 44 + data.length);
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    fields.putInt(32, flags).putInt(36, credit).putInt(40, forwarded).put(44, data);
    sendRaw(bytes);
  }

  /** Any bytes. */
  void sendRaw(byte... bytes) {
    offerRaw(bytes);
    while (transmit.take() != null) {}
  }

  /** Any bytes, whether they are taken or not. */
  void offerRaw(byte... bytes) {
    driver.memory.write(SEND, bytes);
    transmit.add(Piece.readable(SEND, bytes.length));
    transmit.publish();
    driver.device.notifyQueue(1);
    driver.runner.runUntilIdle();
  }

  /** Gives one buffer and answers the packet in it; {@code null}: there was none. */
  @Nullable Packet take() {
    return take(BUFFER_BYTES);
  }

  @Nullable Packet take(int bufferBytes) {
    if (receive.freeCount() == 128) { // none from before
      receive.add(Piece.writable(RECEIVE, bufferBytes));
      receive.publish();
    }
    driver.device.notifyQueue(0);
    driver.runner.runUntilIdle();
    Used used = receive.take();
    if (used == null || used.length() == 0) {
      return null;
    }
    byte[] bytes = new byte[used.length()];
    driver.memory.read(RECEIVE, bytes);
    ByteBuffer fields = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    return new Packet(
        fields.getLong(0),
        fields.getLong(8),
        fields.getInt(16),
        fields.getInt(20),
        fields.getShort(30),
        fields.getInt(32),
        fields.getInt(36),
        fields.getInt(40),
        new String(
            bytes,
            PacketHeader.BYTES,
            bytes.length - PacketHeader.BYTES,
            StandardCharsets.ISO_8859_1));
  }

  /** The operation of the next packet; 0: there is none. */
  int takeOp() {
    Packet packet = take();
    return packet == null ? 0 : packet.op();
  }

  /** Connects to the host's port, where somebody listens. */
  FakeHost.Stream connect() {
    host.ports.add(HOST_PORT);
    send(PacketHeader.REQUEST, 0);
    if (takeOp() != PacketHeader.RESPONSE) {
      throw new AssertionError("no response");
    }
    return host.streams.getLast();
  }
}

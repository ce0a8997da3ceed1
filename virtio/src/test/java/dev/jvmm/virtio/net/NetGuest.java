package dev.jvmm.virtio.net;

import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.util.Arrays;
import java.util.Objects;

/** A guest with a network card: what a driver does, honest or not. */
final class NetGuest {

  static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");

  /** Where frames to send, commands, and buffers to fill are; no ring is there. */
  static final long SEND = 0x8_0000;

  static final long COMMANDS = 0x8000;
  static final long RECEIVE = 0xA_0000;
  static final int BUFFER_BYTES = 2048;

  static final int HEADER = FrameHeader.BYTES;

  final MemoryNetwork network;
  final VirtioNet model;
  final GuestDriver driver;
  DriverSide receive;
  DriverSide transmit;
  DriverSide control;

  NetGuest(NetConfig config, MemoryNetwork network, long without) {
    this.network = network;
    model = new VirtioNet(config, network);
    driver = new GuestDriver(model);
    network.ram = driver.memory.regions().getFirst().memory();
    model.configChanges(driver.device::changeConfig);
    driver.negotiate(driver.offered() & ~without);
    start(config.pairs());
  }

  NetGuest(long without) {
    this(NetConfig.of(MAC), new MemoryNetwork(1), without);
  }

  NetGuest() {
    this(0);
  }

  /** Sets the queues of the first pair and of control up, as a driver that has negotiated. */
  void start(int pairs) {
    receive = driver.enable(0);
    transmit = driver.enable(1);
    control = driver.enable(2 * pairs);
    driver.driverOk();
    driver.runner.runUntilIdle();
  }

  MemoryNetwork.Line line() {
    return network.lines.getFirst();
  }

  /** Makes {@code count} buffers of {@link #BUFFER_BYTES} available, and says so. */
  void fill(int count) {
    for (int i = 0; i < count; i++) {
      receive.add(Piece.writable(RECEIVE + (long) BUFFER_BYTES * i, BUFFER_BYTES));
    }
    receive.publish();
    driver.device.notifyQueue(0);
    driver.runner.runUntilIdle();
  }

  /** A frame of the host's, with an empty header. */
  static byte[] frame(MacAddress to, int bytes) {
    byte[] frame = new byte[HEADER + bytes];
    for (int i = 0; i < bytes; i++) {
      frame[HEADER + i] = (byte) (i < MacAddress.BYTES ? to.octet(i) : i * 31 + (i >> 8));
    }
    frame[HEADER + 12] = 8; // IPv4
    frame[HEADER + 13] = 0;
    return frame;
  }

  /** The host sends. */
  void arrive(byte[]... frames) {
    line().in.addAll(Arrays.asList(frames));
    line().deliver();
    driver.runner.runUntilIdle();
  }

  /** What the next receive buffers hold, put together as their header says. */
  byte[] received() {
    Used first = Objects.requireNonNull(receive.take());
    byte[] bytes = read(bufferOf(first), first.length());
    int buffers = (bytes[10] & 0xFF) | (bytes[11] & 0xFF) << 8;
    for (int i = 1; i < buffers; i++) {
      Used next = Objects.requireNonNull(receive.take());
      byte[] more = read(bufferOf(next), next.length());
      bytes = Arrays.copyOf(bytes, bytes.length + more.length);
      System.arraycopy(more, 0, bytes, bytes.length - more.length, more.length);
    }
    return bytes;
  }

  private static long bufferOf(Used used) {
    return RECEIVE + (long) BUFFER_BYTES * used.head();
  }

  /** Makes a frame with its header available to send, in the pieces that the test wants. */
  void add(byte[] headerAndFrame, int... cuts) {
    driver.memory.write(SEND, headerAndFrame);
    Piece[] pieces = new Piece[cuts.length + 1];
    int from = 0;
    for (int i = 0; i <= cuts.length; i++) {
      int to = i < cuts.length ? cuts[i] : headerAndFrame.length;
      pieces[i] = Piece.readable(SEND + from, to - from);
      from = to;
    }
    transmit.add(pieces);
  }

  /** Sends a frame with its header. */
  void send(byte[] headerAndFrame, int... cuts) {
    add(headerAndFrame, cuts);
    kick();
  }

  void kick() {
    transmit.publish();
    driver.device.notifyQueue(1);
    driver.runner.runUntilIdle();
  }

  /** Gives a command; answers the device's byte. */
  int command(int controlClass, int command, byte... data) {
    byte[] request = new byte[2 + data.length];
    request[0] = (byte) controlClass;
    request[1] = (byte) command;
    System.arraycopy(data, 0, request, 2, data.length);
    driver.memory.write(COMMANDS, request);
    driver.memory.write(COMMANDS + 0x1000, new byte[] {(byte) 0xEE});
    control.add(Piece.readable(COMMANDS, request.length), Piece.writable(COMMANDS + 0x1000, 1));
    control.publish();
    int index = (driver.device.queueCount() - 1);
    driver.device.notifyQueue(index);
    driver.runner.runUntilIdle();
    Objects.requireNonNull(control.take());
    return read(COMMANDS + 0x1000, 1)[0] & 0xFF;
  }

  byte[] read(long gpa, int length) {
    byte[] bytes = new byte[length];
    driver.memory.read(gpa, bytes);
    return bytes;
  }

  NetCounters.Numbers numbers() {
    return model.counters().numbers();
  }
}

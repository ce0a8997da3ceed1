package dev.jvmm.virtio.console;

import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A guest's driver of a console device with host ends of the test's. */
final class ConsoleDriver {

  private static final long CONTROL_OUT = 0x4000;
  private static final long CONTROL_IN = 0x5000;
  private static final int CONTROL_BYTES = 0x100;

  final ManualClock clock = new ManualClock();
  final Map<Integer, ScriptedHost> hosts = new HashMap<>();
  final VirtioConsole model;
  final GuestDriver driver;
  private final List<DriverSide> queues = new ArrayList<>();

  ConsoleDriver(int maxPorts, PortConfig... ports) {
    this(DriverSide.ram(), maxPorts, ports);
  }

  /** With RAM of the test's, as {@link DriverSide#ram} is. */
  ConsoleDriver(GuestMemory memory, int maxPorts, PortConfig... ports) {
    for (PortConfig port : ports) {
      hosts.put(port.number(), new ScriptedHost());
    }
    model =
        new VirtioConsole(new ConsoleConfig(maxPorts, List.of(ports)), Map.copyOf(hosts), clock);
    hosts.forEach((number, host) -> host.connect(model.frontend(number)));
    driver = new GuestDriver(model, memory);
    model.configChanges(driver.device::changeConfig);
  }

  /** Negotiates everything and enables every queue. */
  void bringUp() {
    bringUp(driver.offered());
  }

  void bringUp(long features) {
    driver.negotiate(features);
    queues.clear();
    int count = (features & VirtioConsole.F_MULTIPORT) == 0 ? 2 : driver.device.queueCount();
    for (int i = 0; i < count; i++) {
      queues.add(driver.enable(i));
    }
    driver.driverOk();
    driver.runner.runUntilIdle();
  }

  DriverSide queue(int index) {
    return queues.get(index);
  }

  ScriptedHost host(int number) {
    return Objects.requireNonNull(hosts.get(number));
  }

  /** Publishes what was added to a queue and lets the device run. */
  void kick(int index) {
    if (queue(index).publish()) {
      driver.device.notifyQueue(index);
    }
    driver.runner.runUntilIdle();
  }

  /** Sends a control message. */
  void say(int port, int event, int value) {
    ByteBuffer message = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    message.putInt(port).putShort((short) event).putShort((short) value);
    say(message.array());
  }

  void say(byte[] message) {
    driver.memory.write(CONTROL_OUT, message);
    queue(ConsoleRun.CONTROL_TRANSMIT).add(Piece.readable(CONTROL_OUT, message.length));
    kick(ConsoleRun.CONTROL_TRANSMIT);
    Objects.requireNonNull(queue(ConsoleRun.CONTROL_TRANSMIT).take());
  }

  /** Gives the device room for so many messages. */
  void listen(int count) {
    for (int i = 0; i < count; i++) {
      DriverSide queue = queue(ConsoleRun.CONTROL_RECEIVE);
      // A head is a buffer's number, since each has one descriptor.
      int head = queue.addRaw(0, CONTROL_BYTES, DriverSide.F_WRITE);
      queue.descriptor(
          head, CONTROL_IN + CONTROL_BYTES * (long) head, CONTROL_BYTES, DriverSide.F_WRITE, 0);
    }
    kick(ConsoleRun.CONTROL_RECEIVE);
  }

  /** What the device has said since: port, event, value, and what follows. */
  List<String> heard() {
    List<String> messages = new ArrayList<>();
    for (Used used = take(); used != null; used = take()) {
      byte[] bytes = new byte[used.length()];
      driver.memory.read(CONTROL_IN + CONTROL_BYTES * (long) used.head(), bytes);
      ByteBuffer message = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      int port = message.getInt();
      int event = message.getShort();
      int value = message.getShort();
      String rest = new String(bytes, 8, bytes.length - 8, StandardCharsets.ISO_8859_1);
      messages.add("%d:%d=%d%s".formatted(port, event, value, rest.isEmpty() ? "" : " " + rest));
    }
    return messages;
  }

  private @Nullable Used take() {
    return queue(ConsoleRun.CONTROL_RECEIVE).take();
  }
}

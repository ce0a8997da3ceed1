package dev.jvmm.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.junit.Lifecycle;
import dev.jvmm.core.chardev.CharFrontend.Event;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;

/**
 * Control messages of any content and length, with a host end that comes, goes and types. The input
 * is a sequence of octets, each with what it needs, by its three lowest bits: 0 to 2 a message of
 * as many octets as the next four bits say; 3 buffers for what the device says; 4 a host end's
 * event; 5 a host end that types; 6 a buffer of a port's queue, the next octet its number; 7 a
 * reset.
 */
class ConsoleControlFuzzTest {

  private static final int MAX_STEPS = 300;
  private static final int PORTS = 4;
  private static final GuestMemory MEMORY = DriverSide.ram();

  private final ConsoleDriver guest = guest();

  private static ConsoleDriver guest() {
    FuzzedAccesses.clear(MEMORY);
    return new ConsoleDriver(
        MEMORY, PORTS, new PortConfig(0, true, ""), new PortConfig(2, false, "org.test.2"));
  }

  @FuzzTest(lifecycle = Lifecycle.PER_EXECUTION)
  void messages(byte[] bytes) {
    FuzzInput input = new FuzzInput(bytes);
    guest.bringUp();
    for (int i = 0; i < MAX_STEPS && input.hasMore(); i++) {
      step(input.u8(), input);
    }
    guest.driver.device.status(0);
    assertThat(guest.driver.device.status()).isZero();
    guest.bringUp();
    guest.listen(8);
    guest.say(0, Control.DEVICE_READY, 1);
    assertThat(guest.heard()).startsWith("0:1=1", "2:1=1");
  }

  private void step(int op, FuzzInput input) {
    int number = op >> 3;
    switch (op & 7) {
      case 0, 1, 2 -> guest.say(input.bytes(number & 15));
      case 3 -> {
        int room = guest.queue(ConsoleRun.CONTROL_RECEIVE).freeCount();
        guest.listen(Math.min(number & 7, room));
      }
      case 4 -> event(number);
      case 5 -> guest.host(host(number)).type(new byte[number]);
      case 6 -> buffer(input.u8(), number);
      default -> {
        guest.driver.device.status(0);
        guest.bringUp();
      }
    }
    assertThat(guest.heard()).allMatch(message -> message.matches("(?s)[02]:[1-7]=.*"));
  }

  private void event(int number) {
    Event[] events = Event.values();
    ScriptedHost host = guest.host(host(number));
    host.size(number, 2 * number);
    host.event(events[(number >> 1) % events.length]);
    guest.driver.runner.runUntilIdle();
  }

  private void buffer(int index, int number) {
    int queue = index % guest.driver.device.queueCount();
    boolean control = queue == ConsoleRun.CONTROL_RECEIVE || queue == ConsoleRun.CONTROL_TRANSMIT;
    if (control || guest.queue(queue).freeCount() == 0) {
      return;
    }
    guest.queue(queue).add(new Piece(0x8000L + index, number, queue % 2 == 0));
    guest.kick(queue);
    while (guest.queue(queue).take() != null) {
      assertThat(guest.queue(queue).freeCount()).isPositive();
    }
  }

  private static int host(int number) {
    return (number & 1) * 2;
  }
}

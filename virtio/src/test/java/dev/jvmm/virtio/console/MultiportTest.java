package dev.jvmm.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.chardev.CharFrontend.Event;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A device of several ports: a console, a port with a name, room for one more. */
class MultiportTest {

  private static final int PORT_1_RECEIVE = 4;
  private static final int PORT_1_TRANSMIT = 5;
  private static final int PORT_2_TRANSMIT = 7;

  private final ConsoleDriver guest =
      new ConsoleDriver(3, new PortConfig(0, true, ""), new PortConfig(1, false, "org.test.1"));

  @Test
  void driver_isToldOfThePortsAndWhatTheyAre() {
    guest.host(0).size(80, 25);
    guest.host(0).event(Event.OPENED);
    guest.bringUp();
    guest.listen(16);
    assertThat(guest.heard()).isEmpty();

    guest.say(0, Control.DEVICE_READY, 1);
    assertThat(guest.heard()).containsExactly("0:1=1", "1:1=1");

    guest.say(0, Control.PORT_READY, 1);
    assertThat(guest.heard()).containsExactly("0:4=1", "0:5=0 P\0\u0019\0", "0:6=1");
    guest.say(1, Control.PORT_READY, 1);
    assertThat(guest.heard()).containsExactly("1:7=1 org.test.1");
  }

  /** A port's writer sleeps in the guest, and loses nothing, however long that takes. */
  @Test
  void portWhoseHostTakesNothing_keepsItsBufferWhileOthersGoOn() {
    ready();
    guest.host(1).takeOnly(0);
    guest.queue(PORT_1_TRANSMIT).add(Piece.readable(GuestDriver.DATA, 5));
    guest.kick(PORT_1_TRANSMIT);
    guest.clock.advance(3600 * TransmitWorker.PATIENCE_NANOS);
    guest.driver.runner.runUntilIdle();
    guest.queue(1).add(Piece.readable(GuestDriver.DATA, 5));
    guest.kick(1);

    assertThat(guest.queue(PORT_1_TRANSMIT).take()).isNull();
    assertThat(guest.host(0).taken()).hasSize(5);
    guest.host(1).takeOnly(1000);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.host(1).taken()).hasSize(5);
    assertThat(guest.model.lostBytes()).isZero();
  }

  @Test
  void hostThatComesAndGoes_isTold() {
    ready();
    guest.host(1).event(Event.OPENED);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.heard()).containsExactly("1:6=1");
    guest.host(1).event(Event.CLOSED);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.heard()).containsExactly("1:6=0");
  }

  @Test
  void hostThatComesAndGoesUnheard_isToldOnceThereAreBuffers() {
    ready();
    guest.host(1).event(Event.OPENED);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.heard()).containsExactly("1:6=1");
    takeAllControlBuffers();
    for (int i = 0; i < 1000; i++) {
      guest.host(1).event(Event.CLOSED);
      guest.host(1).event(Event.OPENED);
      guest.driver.runner.runUntilIdle();
    }
    assertThat(guest.heard()).isEmpty();

    guest.listen(8);
    assertThat(guest.heard()).containsExactly("1:6=0", "1:6=1");
  }

  @Test
  void input_waitsUntilTheGuestHasOpenedThePort() {
    ready();
    guest.queue(PORT_1_RECEIVE).add(Piece.writable(GuestDriver.DATA, 16));
    guest.kick(PORT_1_RECEIVE);
    guest.host(1).type("data".getBytes(StandardCharsets.US_ASCII));
    assertThat(guest.host(1).waiting()).isEqualTo(4);

    guest.say(1, Control.PORT_OPEN, 1);
    assertThat(guest.host(1).waiting()).isZero();
    assertThat(guest.queue(PORT_1_RECEIVE).take()).isEqualTo(new Used(0, 4));

    guest.say(1, Control.PORT_OPEN, 0);
    guest.queue(PORT_1_RECEIVE).add(Piece.writable(GuestDriver.DATA, 16));
    guest.kick(PORT_1_RECEIVE);
    guest.host(1).type(new byte[3]);
    assertThat(guest.host(1).waiting()).isEqualTo(3);
  }

  @Test
  void output_goesToItsPort() {
    ready();
    guest.driver.memory.write(GuestDriver.DATA, new byte[] {1, 2, 3});
    guest.queue(PORT_1_TRANSMIT).add(Piece.readable(GuestDriver.DATA, 3));
    guest.kick(PORT_1_TRANSMIT);

    assertThat(guest.host(1).taken()).containsExactly(1, 2, 3);
    assertThat(guest.host(0).taken()).isEmpty();
  }

  @Test
  void portThatIsNotThere_swallows() {
    ready();
    guest.queue(PORT_2_TRANSMIT).add(Piece.readable(GuestDriver.DATA, 3));
    guest.kick(PORT_2_TRANSMIT);
    guest.queue(6).add(Piece.writable(GuestDriver.DATA, 3));
    guest.kick(6);

    assertThat(guest.queue(PORT_2_TRANSMIT).take()).isEqualTo(new Used(0, 0));
    assertThat(guest.queue(6).take()).isNull();
  }

  @Test
  void portsThatAreNotThere_areIgnored() {
    ready();
    int[] foreign = {2, 3, 31, 64, -1, Integer.MIN_VALUE, Integer.MAX_VALUE};
    for (int port : foreign) {
      guest.say(port, Control.PORT_READY, 1);
      guest.say(port, Control.PORT_OPEN, 1);
    }
    assertThat(guest.model.ignoredMessages()).isEqualTo(2L * foreign.length);
    assertThat(guest.heard()).isEmpty();
  }

  @Test
  void messagesThatMakeNoSense_areIgnored() {
    ready();
    guest.say(0, 4711, 1);
    guest.say(0, Control.DEVICE_ADD, 1);
    guest.say(0, Control.DEVICE_READY, 0);
    guest.say(new byte[7]);

    assertThat(guest.model.ignoredMessages()).isEqualTo(4);
    assertThat(guest.heard()).isEmpty();
  }

  @Test
  void driverThatAsksWithoutEnd_costsNoMoreThanOneAnswer() {
    guest.bringUp();
    for (int i = 0; i < 1000; i++) {
      guest.say(0, Control.DEVICE_READY, 1);
      guest.say(1, Control.PORT_READY, 1);
    }
    guest.listen(16);
    assertThat(guest.heard()).containsExactly("0:1=1", "1:1=1", "1:7=1 org.test.1");
  }

  @Test
  void bufferTooSmallForItsMessage_goesBackEmpty() {
    guest.bringUp();
    guest.queue(ConsoleRun.CONTROL_RECEIVE).add(Piece.writable(GuestDriver.DATA, 7));
    guest.kick(ConsoleRun.CONTROL_RECEIVE);
    guest.say(0, Control.DEVICE_READY, 1);

    assertThat(guest.queue(ConsoleRun.CONTROL_RECEIVE).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void reset_beginsTheConversationAnew() {
    ready();
    guest.host(1).event(Event.OPENED);
    guest.driver.runner.runUntilIdle();
    guest.driver.device.status(0);
    guest.driver.runner.runUntilIdle();

    ready();
    guest.say(1, Control.PORT_READY, 1);
    assertThat(guest.heard()).containsExactly("1:7=1 org.test.1", "1:6=1");
  }

  @Test
  void driverWithoutMultiport_hasTheConsoleOpen() {
    guest.bringUp(guest.driver.offered() & ~VirtioConsole.F_MULTIPORT);
    guest.queue(0).add(Piece.writable(GuestDriver.DATA, 16));
    guest.kick(0);
    guest.host(0).type(new byte[5]);

    assertThat(guest.queue(0).take()).isEqualTo(new Used(0, 5));
  }

  @Test
  void config_refusesPortsThatCannotBe() {
    assertThatThrownBy(() -> new PortConfig(0, false, ""))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("console");
    assertThatThrownBy(() -> new PortConfig(31, true, "")).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> new PortConfig(1, true, "x".repeat(256)))
        .isInstanceOf(ConfigException.class);
    PortConfig one = new PortConfig(1, false, "");
    assertThatThrownBy(() -> new ConsoleConfig(2, List.of(one, one)))
        .hasMessageContaining("is taken");
    assertThatThrownBy(() -> new ConsoleConfig(1, List.of(one)))
        .isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> new ConsoleConfig(32, List.of())).isInstanceOf(ConfigException.class);
  }

  @Test
  void mostPorts_haveTheirQueues() {
    ConsoleDriver big = new ConsoleDriver(31, new PortConfig(30, false, "last"));
    assertThat(big.driver.device.queueCount()).isEqualTo(64);
    assertThat(big.driver.device.readConfig(4, 4)).isEqualTo(31);
  }

  /** The driver has both ports and has heard all there is of them. */
  private void ready() {
    guest.bringUp();
    guest.listen(16);
    guest.say(0, Control.DEVICE_READY, 1);
    guest.say(0, Control.PORT_READY, 1);
    guest.say(1, Control.PORT_READY, 1);
    guest.heard();
  }

  /** Has the device use the buffers that it has for messages. */
  private void takeAllControlBuffers() {
    DriverSide control = guest.queue(ConsoleRun.CONTROL_RECEIVE);
    for (int given = 32 - control.freeCount(); given > 0; given--) {
      guest.say(0, Control.PORT_READY, 1); // is answered by CONSOLE_PORT
    }
    guest.heard();
  }
}

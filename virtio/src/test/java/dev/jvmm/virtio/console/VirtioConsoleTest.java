package dev.jvmm.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.chardev.CharFrontend.Event;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.device.VirtioDeviceContract;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A device with one console and no control queues. */
class VirtioConsoleTest extends VirtioDeviceContract {

  private static final PortConfig CONSOLE = new PortConfig(0, true, "");

  private final ConsoleDriver guest = new ConsoleDriver(1, CONSOLE);
  private final ScriptedHost host = guest.host(0);

  @Override
  protected DeviceModel model() {
    ScriptedHost typist = new ScriptedHost();
    VirtioConsole console =
        new VirtioConsole(
            new ConsoleConfig(1, List.of(CONSOLE)), Map.of(0, typist), new ManualClock());
    typist.connect(console.frontend(0));
    typist.typeEndlessly();
    return console;
  }

  @Override
  protected void request(DriverSide queue) {
    queue.add(Piece.writable(GuestDriver.DATA, 8));
  }

  @Test
  void output_reachesTheHost() {
    guest.bringUp();
    send("hello", " world");

    assertThat(host.taken()).asString(StandardCharsets.US_ASCII).isEqualTo("hello world");
    assertThat(guest.queue(1).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void hostThatIsFull_keepsTheBufferUntilItTakesTheRest() {
    guest.bringUp();
    host.takeOnly(7);
    send("hello", " world");
    assertThat(guest.queue(1).take()).isNull();

    host.takeOnly(1);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.queue(1).take()).isNull();

    host.takeOnly(1000);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.queue(1).take()).isEqualTo(new Used(0, 0));
    assertThat(host.taken()).asString(StandardCharsets.US_ASCII).isEqualTo("hello world");
  }

  /** Linux waits for a console's buffer with interrupts off. */
  @Test
  void consoleWhoseHostTakesNothing_dropsOutputUntilItDoes() {
    guest.bringUp();
    host.takeOnly(2);
    send("lost", "lost");
    guest.clock.advance(TransmitWorker.PATIENCE_NANOS - 1);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.queue(1).take()).isNull();

    guest.clock.advance(1);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.queue(1).take()).isEqualTo(new Used(0, 0));
    send("more", "");
    assertThat(guest.queue(1).take()).isNotNull();
    assertThat(guest.model.lostBytes()).isEqualTo(10);

    host.takeOnly(1000);
    guest.driver.runner.runUntilIdle();
    send("kept", "");
    assertThat(host.taken()).asString(StandardCharsets.US_ASCII).isEqualTo("lokept");
    assertThat(guest.model.lostBytes()).isEqualTo(10);
  }

  @Test
  void consoleWhoseHostIsSlow_losesNothing() {
    guest.bringUp();
    host.takeOnly(0);
    send("hel", "lo");
    for (int i = 0; i < 5; i++) {
      guest.clock.advance(TransmitWorker.PATIENCE_NANOS - 1);
      host.takeOnly(1);
      guest.driver.runner.runUntilIdle();
    }
    assertThat(host.taken()).asString(StandardCharsets.US_ASCII).isEqualTo("hello");
    assertThat(guest.model.lostBytes()).isZero();
  }

  @Test
  void resetOfAStuckConsole_leavesNoTimer() {
    guest.bringUp();
    host.takeOnly(0);
    send("lost", "");
    guest.driver.device.status(0);
    guest.bringUp();
    guest.clock.advance(TransmitWorker.PATIENCE_NANOS);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.model.lostBytes()).isZero();
    send("stays", "");
    assertThat(guest.queue(1).take()).isNull();
  }

  @Test
  void outputWithoutEnd_hasItsTurnAndNoMore() {
    guest.bringUp();
    for (int i = 0; i < 100; i++) {
      guest.queue(1).add(Piece.readable(GuestDriver.DATA, 1));
    }
    guest.queue(1).publish();
    guest.driver.device.notifyQueue(1);
    guest.driver.runner.runEachOnce();
    assertThat(host.taken()).hasSize(32);

    guest.driver.runner.runUntilIdle();
    assertThat(host.taken()).hasSize(100);
  }

  @Test
  void hostThatIsFull_losesNoMoreThanWhatIsCried() {
    guest.bringUp();
    host.takeOnly(0);
    guest.driver.device.writeConfig(8, 4, 'A');
    host.takeOnly(10);

    assertThat(host.taken()).isEmpty();
  }

  @Test
  void input_waitsForBuffersAndFillsThem() {
    guest.bringUp();
    host.type("hello".getBytes(StandardCharsets.US_ASCII));
    assertThat(host.waiting()).isEqualTo(5);

    guest.queue(0).add(Piece.writable(GuestDriver.DATA, 3));
    guest.queue(0).add(Piece.writable(GuestDriver.DATA + 3, 8));
    guest.kick(0);

    assertThat(guest.queue(0).take()).isEqualTo(new Used(0, 3));
    assertThat(guest.queue(0).take()).isEqualTo(new Used(1, 2));
    assertThat(text(GuestDriver.DATA, 5)).isEqualTo("hello");
    assertThat(host.waiting()).isZero();
  }

  @Test
  void bufferWithoutRoom_goesBackEmpty() {
    guest.bringUp();
    guest.queue(0).add(Piece.readable(GuestDriver.DATA, 3));
    guest.queue(0).add(Piece.writable(GuestDriver.DATA, 8));
    guest.kick(0);
    host.type(new byte[2]);

    assertThat(guest.queue(0).take()).isEqualTo(new Used(0, 0));
    assertThat(guest.queue(0).take()).isEqualTo(new Used(1, 2));
  }

  @Test
  void input_survivesAResetInWhichTheHostKeepsIt() {
    guest.bringUp();
    guest.queue(0).add(Piece.writable(GuestDriver.DATA, 3));
    guest.kick(0);
    guest.driver.device.status(0);
    guest.driver.runner.runUntilIdle();
    host.type("abc".getBytes(StandardCharsets.US_ASCII));
    assertThat(host.waiting()).isEqualTo(3);

    guest.bringUp();
    guest.queue(0).add(Piece.writable(GuestDriver.DATA, 3));
    guest.kick(0);
    assertThat(text(GuestDriver.DATA, 3)).isEqualTo("abc");
  }

  @Test
  void reset_forgetsTheBufferThatWaitsForTheHost() {
    guest.bringUp();
    host.takeOnly(2);
    send("old", "");
    guest.driver.device.status(0);
    guest.driver.runner.runUntilIdle();
    host.takeOnly(100);

    guest.bringUp();
    send("new", "");
    assertThat(host.taken()).asString(StandardCharsets.US_ASCII).isEqualTo("olnew");
  }

  @Test
  void emergencyWrite_needsNoQueue() {
    guest.driver.device.writeConfig(8, 4, 'A');
    guest.driver.device.writeConfig(8, 1, 'B');
    guest.driver.device.writeConfig(4, 4, 'C');

    assertThat(host.taken()).asString(StandardCharsets.US_ASCII).isEqualTo("AB");
  }

  @Test
  void size_isInTheConfigurationAndItsChangeIsTold() {
    guest.bringUp();
    host.size(80, 25);
    host.event(Event.OPENED);
    assertThat(guest.driver.device.readConfig(0, 2)).isEqualTo(80);
    assertThat(guest.driver.device.readConfig(2, 2)).isEqualTo(25);

    int generation = guest.driver.device.configGeneration();
    host.size(0xFFFF, 0xFFFE);
    host.event(Event.RESIZED);
    assertThat(guest.driver.device.readConfig(0, 4)).isEqualTo(0xFFFE_FFFFL);
    assertThat(guest.driver.device.configGeneration()).isNotEqualTo(generation);
    assertThat(guest.driver.configInterrupts).isEqualTo(2);
  }

  @Test
  void configuration_hasOnePortAndNothingBehind() {
    assertThat(guest.driver.device.readConfig(4, 4)).isEqualTo(1);
    assertThat(guest.driver.device.readConfig(5, 1)).isZero();
    assertThat(guest.driver.device.readConfig(8, 4)).isZero();
    assertThat(guest.driver.device.readConfig(0, 8)).isEqualTo(1L << 32);
    assertThat(guest.driver.device.readConfig(12, 1)).isEqualTo(-1);
    assertThat(guest.driver.device.readConfig(Integer.MAX_VALUE, 4)).isEqualTo(-1);
  }

  @Test
  void features_areThoseOfASingleConsole() {
    assertThat(guest.driver.offered())
        .isEqualTo(Features.USUAL | VirtioConsole.F_SIZE | VirtioConsole.F_EMERG_WRITE);
  }

  private void send(String first, String second) {
    guest.driver.memory.write(GuestDriver.DATA, first.getBytes(StandardCharsets.US_ASCII));
    guest.driver.memory.write(GuestDriver.DATA + 0x100, second.getBytes(StandardCharsets.US_ASCII));
    guest
        .queue(1)
        .add(
            Piece.readable(GuestDriver.DATA, first.length()),
            Piece.readable(GuestDriver.DATA + 0x100, second.length()));
    guest.kick(1);
  }

  private String text(long gpa, int length) {
    byte[] bytes = new byte[length];
    guest.driver.memory.read(gpa, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }
}

package dev.jvmm.virtio.vsock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.DeviceStatus;
import dev.jvmm.virtio.device.FakeCarrier;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import org.junit.jupiter.api.Test;

class KernelVsockTest {

  private static final long CID = 0xABCD_1234L;
  private static final int EVENT_QUEUE = 2;
  private static final long SEQPACKET = 1 << 1;

  private final FakeCarrier receiver = new FakeCarrier();
  private final FakeCarrier transmitter = new FakeCarrier();
  private final KernelVsock model =
      new KernelVsock(
          CID,
          new KernelVsock.Kernel(Features.VERSION_1 | SEQPACKET | 1L << 26, receiver, transmitter));
  private final GuestDriver driver = new GuestDriver(model);

  private DriverSide bringUp() {
    driver.negotiate(driver.offered());
    driver.enable(0);
    driver.enable(1);
    DriverSide events = driver.enable(EVENT_QUEUE);
    driver.driverOk();
    driver.runner.runUntilIdle();
    return events;
  }

  private void offer(DriverSide events, int bytes) {
    driver.memory.write(GuestDriver.DATA, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1});
    events.add(DriverSide.Piece.writable(GuestDriver.DATA, bytes));
    events.publish();
    driver.device.notifyQueue(EVENT_QUEUE);
    driver.runner.runUntilIdle();
  }

  @Test
  void configuration_isTheGuestsAddress() {
    assertThat(driver.device.deviceId()).isEqualTo(19);
    assertThat(driver.device.readConfig(0, 8)).isEqualTo(CID);
    assertThat((int) driver.device.readConfig(0, 4)).isEqualTo((int) CID);
    assertThat(driver.device.readConfig(4, 4)).isZero();
    assertThat((int) driver.device.readConfig(8, 1)).isEqualTo(-1);
    assertThat((int) driver.device.readConfig(7, 4)).isEqualTo(-1);
    assertThat((int) driver.device.readConfig(Integer.MAX_VALUE, 8)).isEqualTo(-1);
    driver.device.writeConfig(0, 8, 3);
    assertThat(driver.device.readConfig(0, 8)).isEqualTo(CID);
  }

  @Test
  void features_areTheKernelsAndNoneThatIsVhostsOwn() {
    assertThat(model.features()).isEqualTo(SEQPACKET);
    assertThat(model.carried(Features.USUAL)).isEqualTo(Features.VERSION_1 | Features.RING_RESET);
  }

  @Test
  void packets_areCarriedAndEventsAreNot() {
    bringUp();
    assertThat(receiver.told).containsExactly("start 0");
    assertThat(transmitter.told).containsExactly("start 0");
    assertThat(model.carrier(EVENT_QUEUE)).isNull();
    driver.device.reset();
    assertThat(receiver.queue).isNull();
    assertThat(transmitter.queue).isNull();
  }

  @Test
  void firstDriver_hearsOfNoEvent() {
    DriverSide events = bringUp();
    offer(events, 8);
    assertThat(events.take()).isNull();
  }

  @Test
  void nextDriver_hearsOnceThatConnectionsAreGone() {
    bringUp();
    driver.device.reset();
    DriverSide events = bringUp();
    offer(events, 8);
    DriverSide.Used used = events.take();
    assertThat(used).isNotNull();
    assertThat(used == null ? 0 : used.length()).isEqualTo(4);
    byte[] event = new byte[8];
    driver.memory.read(GuestDriver.DATA, event);
    assertThat(event).containsExactly(0, 0, 0, 0, -1, -1, -1, -1);
    offer(events, 8);
    assertThat(events.take()).isNull();
  }

  @Test
  void roomThatIsTooSmall_goesBackAndTheEventComesLater() {
    bringUp();
    driver.device.reset();
    DriverSide events = bringUp();
    offer(events, 3);
    DriverSide.Used small = events.take();
    assertThat(small == null ? -1 : small.length()).isZero();
    offer(events, 4);
    DriverSide.Used used = events.take();
    assertThat(used == null ? -1 : used.length()).isEqualTo(4);
    assertThat(driver.device.status() & DeviceStatus.NEEDS_RESET).isZero();
  }
}

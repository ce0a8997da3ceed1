package dev.jvmm.virtio.device;

import static dev.jvmm.virtio.device.DeviceStatus.ACKNOWLEDGE;
import static dev.jvmm.virtio.device.DeviceStatus.DRIVER;
import static dev.jvmm.virtio.device.DeviceStatus.DRIVER_OK;
import static dev.jvmm.virtio.device.DeviceStatus.FAILED;
import static dev.jvmm.virtio.device.DeviceStatus.FEATURES_OK;
import static dev.jvmm.virtio.device.DeviceStatus.NEEDS_RESET;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.QueueRings;
import org.junit.jupiter.api.Test;

class VirtioDeviceTest extends VirtioDeviceContract {

  private static final int READY = ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK;

  private final Echo echo = new Echo();
  private final GuestDriver driver = new GuestDriver(echo);
  private final VirtioDevice device = driver.device;

  @Override
  protected DeviceModel model() {
    return new Echo();
  }

  @Override
  protected void request(DriverSide queue) {
    queue.add(Piece.writable(GuestDriver.DATA, 4));
  }

  @Test
  void status_needsEachStepBeforeTheNext() {
    device.status(DRIVER | FEATURES_OK | DRIVER_OK);
    assertThat(device.status()).isZero();
    device.status(ACKNOWLEDGE | FEATURES_OK);
    assertThat(device.status()).isEqualTo(ACKNOWLEDGE);
    device.status(ACKNOWLEDGE | DRIVER | DRIVER_OK);
    assertThat(device.status()).isEqualTo(ACKNOWLEDGE | DRIVER);
  }

  @Test
  void status_isClearedByResetAlone() {
    driver.bringUp();
    device.status(ACKNOWLEDGE);
    assertThat(device.status()).isEqualTo(READY);
    device.status(0);
    assertThat(device.status()).isZero();
  }

  @Test
  void status_staysFailedUntilReset() {
    device.status(ACKNOWLEDGE | FAILED);
    device.status(ACKNOWLEDGE | FAILED | DRIVER);
    assertThat(device.status()).isEqualTo(ACKNOWLEDGE | FAILED);
  }

  @Test
  void features_cannotChangeAfterFeaturesOk() {
    driver.negotiate(Features.VERSION_1);
    device.driverFeatures(0, -1);
    assertThat(device.driverFeatures(0)).isZero();
    assertThat(device.ignoredWrites()).isEqualTo(1);
  }

  @Test
  void queue_isNotSetUpBeforeFeaturesOk() {
    device.queueSize(0, 2);
    device.enableQueue(0);
    assertThat(device.queueSize(0)).isEqualTo(Echo.SIZE);
    assertThat(device.queueEnabled(0)).isFalse();
  }

  @Test
  void queue_doesNotChangeWhileItIsEnabled() {
    driver.negotiate(driver.offered());
    driver.enable(0);
    device.queueSize(0, 2);
    device.queueAddress(0, QueueArea.DEVICE, false, 0x4000);
    assertThat(device.queueSize(0)).isEqualTo(Echo.SIZE);
    assertThat(device.queueAddress(0, QueueArea.DEVICE)).isNotEqualTo(0x4000);
  }

  @Test
  void queue_doesNotChangeAfterDriverOk() {
    driver.bringUp();
    device.queueSize(1, 2);
    device.enableQueue(1);
    device.disableQueue(0);
    assertThat(device.queueSize(1)).isEqualTo(Echo.SIZE);
    assertThat(device.queueEnabled(1)).isFalse();
    assertThat(device.queueEnabled(0)).isTrue();
  }

  @Test
  void queue_thatDoesNotExistIsIgnored() {
    driver.bringUp();
    device.notifyQueue(-1);
    device.notifyQueue(Integer.MAX_VALUE);
    device.resetQueue(Integer.MIN_VALUE);
    assertThat(device.queueMaxSize(2)).isZero();
    assertThat(device.queueSize(-1)).isZero();
    assertThat(device.status()).isEqualTo(READY);
  }

  @Test
  void enabling_whatCannotBeNeedsAReset() {
    driver.negotiate(driver.offered());
    driver.name(0, new QueueRings.Addresses(Echo.SIZE, 0x1001, 0x2000, 0x3000));
    device.enableQueue(0);
    driver.driverOk();

    assertThat(device.status()).isEqualTo(ACKNOWLEDGE | DRIVER | FEATURES_OK | NEEDS_RESET);
    device.status(0);
    assertThat(device.status()).isZero();
  }

  @Test
  void brokenRing_needsAResetAndSaysSo() {
    DriverSide queue = driver.bringUp();
    queue.publishIdx(Echo.SIZE + 1);
    device.notifyQueue(0);
    driver.runner.runUntilIdle();

    assertThat(device.status()).isEqualTo(READY | NEEDS_RESET);
    assertThat(driver.configInterrupts).isEqualTo(1);
  }

  @Test
  void buffersFromBeforeDriverOk_areServedWithoutANotification() {
    driver.negotiate(driver.offered());
    DriverSide queue = driver.enable(0);
    request(queue);
    queue.publish();
    driver.driverOk();
    driver.runner.runUntilIdle();

    assertThat(queue.take()).isNotNull();
  }

  @Test
  void reset_isDoneWhenNothingIsInFlight() {
    driver.bringUp();
    echo.holdDrain = true;

    device.status(0);
    device.status(ACKNOWLEDGE);
    assertThat(device.status()).isEqualTo(READY);
    assertThat(device.awaitReset(1)).isFalse();
    echo.drained.remove().run();
    assertThat(device.status()).isZero();
    assertThat(device.awaitReset(1)).isTrue();
  }

  @Test
  void queueReset_letsTheQueueBeSetUpAgain() {
    driver.bringUp();
    echo.holdDrain = true;

    device.resetQueue(0);
    assertThat(device.queueResetting(0)).isTrue();
    device.enableQueue(0);
    assertThat(device.queueEnabled(0)).isFalse();
    echo.drained.remove().run();
    assertThat(device.queueResetting(0)).isFalse();

    DriverSide again = driver.enable(0);
    request(again);
    again.publish();
    device.notifyQueue(0);
    driver.runner.runUntilIdle();
    assertThat(again.take()).isNotNull();
  }

  @Test
  void reset_waitsForAQueueThatIsBeingReset() {
    driver.bringUp();
    echo.holdDrain = true;
    device.resetQueue(0);

    device.status(0);
    assertThat(device.status()).isEqualTo(READY);
    echo.drained.remove().run();
    assertThat(device.status()).isZero();
  }

  @Test
  void queueReset_needsItsFeature() {
    driver.negotiate(Features.VERSION_1);
    driver.enable(0);
    driver.driverOk();
    device.resetQueue(0);
    assertThat(device.queueEnabled(0)).isTrue();
  }

  @Test
  void changeConfig_changesTheGenerationAndTellsTheDriver() {
    device.changeConfig(() -> {});
    assertThat(driver.configInterrupts).isZero();
    driver.bringUp();
    int before = device.configGeneration();
    device.changeConfig(() -> {});

    assertThat(device.configGeneration()).isNotEqualTo(before);
    assertThat(driver.configInterrupts).isEqualTo(1);
  }
}

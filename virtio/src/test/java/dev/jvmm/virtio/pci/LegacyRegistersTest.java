package dev.jvmm.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.Echo;
import dev.jvmm.virtio.queue.DriverSide;
import org.junit.jupiter.api.Test;

class LegacyRegistersTest {

  private static final int FEATURES = 0x00;
  private static final int ACCEPTED = 0x04;
  private static final int PAGE = 0x08;
  private static final int SIZE = 0x0C;
  private static final int SELECT = 0x0E;
  private static final int NOTIFY = 0x10;
  private static final int STATUS = 0x12;
  private static final int ISR = 0x13;

  private static final int FEATURE_OF_THE_MODEL = 1;

  private final PciDriver driver = new PciDriver();

  @Test
  void driver_setsUpServesAndAcknowledges() {
    DriverSide queue = setUp();
    put(STATUS, 1, 7);
    assertThat(get(STATUS, 1)).isEqualTo(7);
    driver.runner.runUntilIdle();
    request(queue);

    assertThat(queue.take()).isNotNull();
    assertThat(driver.line).isTrue();
    assertThat(get(ISR, 1)).isEqualTo(1);
    assertThat(driver.line).isFalse();
  }

  @Test
  void features_areThirtyTwoBitsAndOnlyThoseOffered() {
    assertThat(get(FEATURES, 4)).isEqualTo(FEATURE_OF_THE_MODEL | 3 << 28);
    put(STATUS, 1, 1);
    put(ACCEPTED, 4, -1);
    assertThat(get(ACCEPTED, 4)).isEqualTo(FEATURE_OF_THE_MODEL | 3 << 28);
    assertThat(driver.device.driverFeatures(1)).isZero();
  }

  @Test
  void queue_isServedBeforeDriverOk() {
    DriverSide queue = setUp();
    request(queue);
    assertThat(queue.take()).isNotNull();
    put(STATUS, 1, 7);
    assertThat(get(STATUS, 1)).isEqualTo(7);
    request(queue);
    assertThat(queue.take()).isNotNull();
  }

  @Test
  void queue_hasTheDevicesSizeAndItsPage() {
    setUp();
    assertThat(get(SIZE, 2)).isEqualTo(Echo.SIZE);
    assertThat(get(PAGE, 4)).isEqualTo(1);
    put(SELECT, 2, 9);
    assertThat(get(SIZE, 2)).isZero();
    assertThat(get(PAGE, 4)).isZero();
    put(PAGE, 4, 1);
    assertThat(get(PAGE, 4)).isZero();
  }

  @Test
  void queue_takenBackIsGoneBeforeTheStartAndAResetAfter() {
    setUp();
    put(PAGE, 4, 0);
    assertThat(driver.device.queueEnabled(0)).isFalse();
    assertThat(get(STATUS, 1)).isEqualTo(3);
    put(PAGE, 4, 1);
    put(STATUS, 1, 7);
    put(PAGE, 4, 0);
    assertThat(get(STATUS, 1)).isZero();
  }

  @Test
  void queue_outsideOfRamNeedsAReset() {
    put(STATUS, 1, 1);
    put(PAGE, 4, -1);
    assertThat(get(STATUS, 1) & 64).isEqualTo(64);
    put(STATUS, 1, 0);
    assertThat(get(STATUS, 1)).isZero();
  }

  @Test
  void config_isBehindTheVectorsWhileThereAreSome() {
    assertThat(get(0x14, 2)).isEqualTo(0xFFFF); // the model's, which has none
    put(0x14, 2, 1);
    driver.byMessage = true;
    assertThat(get(0x14, 2)).isEqualTo(VirtioPciInterrupts.NO_VECTOR);
    put(0x14, 2, 1);
    put(0x16, 2, 2);
    assertThat(get(0x14, 2)).isEqualTo(1);
    assertThat(get(0x16, 2)).isEqualTo(2);
    put(0x16, 2, PciDriver.VECTORS);
    assertThat(get(0x16, 2)).isEqualTo(VirtioPciInterrupts.NO_VECTOR);
  }

  @Test
  void registers_takeTheirOwnWidthAlone() {
    put(STATUS, 2, 1);
    put(STATUS, 1, 1);
    assertThat(get(STATUS, 1)).isEqualTo(1);
    assertThat(get(STATUS, 2)).isEqualTo(0xFFFF);
    put(SELECT, 1, 1);
    assertThat(get(SELECT, 2)).isZero();
    assertThat(get(FEATURES, 8)).isEqualTo(-1L);
  }

  @Test
  void modernDriver_isNotDisturbedByLegacyWrites() {
    DriverSide queue = driver.bringUp();
    put(ACCEPTED, 4, 0);
    put(PAGE, 4, 9);
    driver.request(queue);
    assertThat(queue.take()).isNotNull();
    assertThat(driver.device.driverFeatures(1)).isNotZero();
  }

  @Test
  void modernDriver_findsNothingOfALegacyOneAfterAReset() {
    setUp();
    put(STATUS, 1, 7);
    put(STATUS, 1, 0);
    driver.put(PciDriver.STATUS, 1, 1);
    driver.put(PciDriver.STATUS, 1, 7);
    assertThat(driver.get(PciDriver.STATUS, 1)).isEqualTo(3); // no DRIVER_OK without FEATURES_OK
  }

  private DriverSide setUp() {
    put(STATUS, 1, 1);
    put(STATUS, 1, 3);
    put(ACCEPTED, 4, FEATURE_OF_THE_MODEL);
    DriverSide queue = DriverSide.legacy(driver.memory, 0x1000, Echo.SIZE);
    put(SELECT, 2, 0);
    put(PAGE, 4, 1);
    return queue;
  }

  private void request(DriverSide queue) {
    queue.add(DriverSide.Piece.writable(0x8000, 4));
    queue.publish();
    put(NOTIFY, 2, 0);
    driver.runner.runUntilIdle();
  }

  private long get(int offset, int size) {
    return driver.ports.read(offset, size) & (-1L >>> (64 - 8 * size));
  }

  private void put(int offset, int size, long value) {
    driver.ports.write(offset, size, value & (-1L >>> (64 - 8 * size)));
  }
}

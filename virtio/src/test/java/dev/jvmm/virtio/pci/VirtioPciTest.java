package dev.jvmm.virtio.pci;

import static dev.jvmm.virtio.pci.PciDriver.CONFIG;
import static dev.jvmm.virtio.pci.PciDriver.CONFIG_VECTOR;
import static dev.jvmm.virtio.pci.PciDriver.DEVICE_FEATURE;
import static dev.jvmm.virtio.pci.PciDriver.DEVICE_FEATURE_SELECT;
import static dev.jvmm.virtio.pci.PciDriver.DRIVER_FEATURE;
import static dev.jvmm.virtio.pci.PciDriver.GENERATION;
import static dev.jvmm.virtio.pci.PciDriver.ISR;
import static dev.jvmm.virtio.pci.PciDriver.NOTIFY;
import static dev.jvmm.virtio.pci.PciDriver.NUM_QUEUES;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_DESC;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_DEVICE;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_ENABLE;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_NOTIFY_OFF;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_RESET;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_SELECT;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_SIZE;
import static dev.jvmm.virtio.pci.PciDriver.QUEUE_VECTOR;
import static dev.jvmm.virtio.pci.PciDriver.STATUS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.Echo;
import dev.jvmm.virtio.queue.DriverSide;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VirtioPciTest {

  private static final int NO_VECTOR = 0xFFFF;

  private final PciDriver driver = new PciDriver();

  @Test
  void features_areReadByWord() {
    driver.put(DEVICE_FEATURE_SELECT, 4, 1);
    assertThat(driver.get(DEVICE_FEATURE, 4)).isEqualTo(1 | 1 << 8);
    driver.put(DEVICE_FEATURE_SELECT, 4, 2);
    assertThat(driver.get(DEVICE_FEATURE, 4)).isZero();
    assertThat(driver.get(DEVICE_FEATURE_SELECT, 4)).isEqualTo(2);
  }

  @Test
  void driver_setsUpServesAndAcknowledgesByPin() {
    DriverSide queue = driver.bringUp();
    assertThat(driver.get(STATUS, 1)).isEqualTo(15);
    driver.request(queue);

    assertThat(queue.take()).isNotNull();
    assertThat(driver.line).isTrue();
    assertThat(driver.get(ISR, 1)).isEqualTo(1);
    assertThat(driver.line).isFalse();
    assertThat(driver.get(ISR, 1)).isZero();
  }

  @Test
  void driver_isInterruptedByItsQueuesVector() {
    driver.byMessage = true;
    DriverSide queue = driver.bringUp();
    driver.put(QUEUE_VECTOR, 2, 2);
    driver.request(queue);

    assertThat(driver.fired).containsExactly(2);
    assertThat(driver.line).isFalse();
    assertThat(driver.get(ISR, 1)).isZero();
  }

  @Test
  void queueWithoutVector_interruptsNobody() {
    driver.byMessage = true;
    driver.request(driver.bringUp());
    assertThat(driver.fired).isEmpty();
    assertThat(driver.line).isFalse();
  }

  @Test
  void configChange_firesItsVectorAndSetsTheIsr() {
    driver.byMessage = true;
    driver.put(CONFIG_VECTOR, 2, 1);
    driver.bringUp();
    long before = driver.get(GENERATION, 1);
    driver.device.changeConfig(() -> {});

    assertThat(driver.get(GENERATION, 1)).isNotEqualTo(before);
    assertThat(driver.fired).containsExactly(1);
    assertThat(driver.line).isFalse();
    assertThat(driver.get(ISR, 1)).isEqualTo(2);
  }

  @Test
  void configChange_raisesThePinWithoutMessages() {
    driver.bringUp();
    driver.device.changeConfig(() -> {});
    assertThat(driver.line).isTrue();
    assertThat(driver.get(ISR, 1)).isEqualTo(2);
    assertThat(driver.line).isFalse();
  }

  @Test
  void vector_thatIsNotThereIsNone() {
    driver.put(CONFIG_VECTOR, 2, PciDriver.VECTORS);
    assertThat(driver.get(CONFIG_VECTOR, 2)).isEqualTo(NO_VECTOR);
    driver.put(CONFIG_VECTOR, 2, PciDriver.VECTORS - 1);
    assertThat(driver.get(CONFIG_VECTOR, 2)).isEqualTo(PciDriver.VECTORS - 1);
    driver.put(QUEUE_VECTOR, 2, 0x8000);
    assertThat(driver.get(QUEUE_VECTOR, 2)).isEqualTo(NO_VECTOR);
    driver.put(QUEUE_VECTOR, 2, NO_VECTOR);
    assertThat(driver.get(QUEUE_VECTOR, 2)).isEqualTo(NO_VECTOR);
  }

  @Test
  void queue_thatIsNotThereHasNothing() {
    driver.negotiate();
    assertThat(driver.get(NUM_QUEUES, 2)).isEqualTo(2);
    driver.put(QUEUE_SELECT, 2, 2);
    driver.put(QUEUE_VECTOR, 2, 1);
    driver.put(QUEUE_DESC, 4, 0x1000);
    driver.put(QUEUE_ENABLE, 2, 1);
    driver.put(QUEUE_RESET, 2, 1);

    assertThat(driver.get(QUEUE_SIZE, 2)).isZero();
    assertThat(driver.get(QUEUE_VECTOR, 2)).isEqualTo(NO_VECTOR);
    assertThat(driver.get(QUEUE_DESC, 4)).isZero();
    assertThat(driver.get(QUEUE_ENABLE, 2)).isZero();
    assertThat(driver.get(QUEUE_RESET, 2)).isZero();
    driver.put(QUEUE_SELECT, 2, 0xFFFF);
    assertThat(driver.get(QUEUE_SIZE, 2)).isZero();
    assertThat(driver.get(QUEUE_SELECT, 2)).isEqualTo(0xFFFF);
  }

  @Test
  void addresses_areWrittenByHalvesOrWhole() {
    driver.negotiate();
    driver.put(QUEUE_DESC + 4, 4, 0x1);
    driver.put(QUEUE_DESC, 4, 0x8000_0010L);
    assertThat(driver.get(QUEUE_DESC, 8)).isEqualTo(0x1_8000_0010L);
    driver.put(QUEUE_DEVICE, 8, 0x2_8000_0020L);
    assertThat(driver.get(QUEUE_DEVICE, 4)).isEqualTo(0x8000_0020L);
    assertThat(driver.get(QUEUE_DEVICE + 4, 4)).isEqualTo(2);
  }

  @Test
  void fields_takeTheirOwnWidthAlone() {
    driver.negotiate();
    driver.put(QUEUE_SELECT, 4, 1);
    driver.put(QUEUE_SELECT, 1, 1);
    assertThat(driver.get(QUEUE_SELECT, 2)).isZero();
    driver.put(STATUS, 4, 0);
    assertThat(driver.get(STATUS, 1)).isEqualTo(11);
    driver.put(QUEUE_DESC, 2, 0x1000);
    driver.put(QUEUE_DESC + 2, 4, 0x1000);
    assertThat(driver.get(QUEUE_DESC, 8)).isZero();

    assertThat(driver.get(NUM_QUEUES, 4)).isEqualTo(0xFFFF_FFFFL);
    assertThat(driver.get(NUM_QUEUES + 1, 1)).isEqualTo(0xFF);
    assertThat(driver.get(DRIVER_FEATURE + 1, 2)).isEqualTo(0xFFFF);
    assertThat(driver.get(0x38, 2)).isEqualTo(0xFFFF);
    assertThat(driver.get(0x800, 4)).isEqualTo(0xFFFF_FFFFL);
  }

  @Test
  void access_acrossTwoStructuresReachesNeither() {
    assertThat(driver.get(ISR - 4, 8)).isEqualTo(-1L);
    driver.bringUp();
    driver.put(NOTIFY - 4, 8, 0);
    assertThat(driver.get(STATUS, 1)).isEqualTo(15);
    assertThat(driver.runner.runUntilIdle()).isEqualTo(1); // the look at the start alone
  }

  @Test
  void notification_isByAddressWhateverIsWritten() {
    DriverSide queue = driver.bringUp();
    driver.runner.runUntilIdle();
    driver.put(QUEUE_SELECT, 2, 1);
    assertThat(driver.get(QUEUE_NOTIFY_OFF, 2)).isEqualTo(1);
    queue.add(DriverSide.Piece.writable(0x8000, 4));
    queue.publish();

    driver.put(NOTIFY + 4, 2, 0);
    driver.put(NOTIFY + 0xFFC, 4, 0);
    assertThat(driver.runner.runUntilIdle()).isZero();
    driver.put(NOTIFY, 4, 77);
    driver.runner.runUntilIdle();
    assertThat(queue.take()).isNotNull();
    assertThat(driver.get(NOTIFY, 2)).isEqualTo(0xFFFF);
  }

  @Test
  void isr_isReadAtItsOwnAddressAlone() {
    driver.request(driver.bringUp());
    driver.put(ISR, 1, 0);
    assertThat(driver.get(ISR + 1, 1)).isEqualTo(0xFF);
    assertThat(driver.line).isTrue();
    assertThat(driver.get(ISR, 4)).isEqualTo(1);
  }

  @Test
  void deviceConfig_isTheModels() {
    assertThat(driver.get(CONFIG, 4)).isEqualTo(0xFFFF_FFFFL);
    driver.put(CONFIG, 4, 0);
    assertThat(driver.get(CONFIG + 0xFF8, 8)).isEqualTo(-1L);
  }

  @Test
  void reset_forgetsVectorsAndInterrupts() {
    driver.request(driver.bringUp());
    driver.put(CONFIG_VECTOR, 2, 1);
    driver.put(QUEUE_VECTOR, 2, 1);
    driver.put(STATUS, 1, 0);

    assertThat(driver.get(STATUS, 1)).isZero();
    assertThat(driver.get(CONFIG_VECTOR, 2)).isEqualTo(NO_VECTOR);
    assertThat(driver.get(QUEUE_VECTOR, 2)).isEqualTo(NO_VECTOR);
    assertThat(driver.get(QUEUE_ENABLE, 2)).isZero();
    assertThat(driver.line).isFalse();
    assertThat(driver.get(ISR, 1)).isZero();
  }

  @Test
  void reset_isDoneOnlyWhenNothingIsInFlight() {
    driver.echo.holdDrain = true;
    driver.bringUp();
    driver.put(STATUS, 1, 0);
    assertThat(driver.get(STATUS, 1)).isEqualTo(15);
    driver.put(STATUS, 1, 1);
    driver.echo.drained.remove().run();
    assertThat(driver.get(STATUS, 1)).isZero();
  }

  @Test
  void queueReset_readsOneUntilItIsDone() {
    DriverSide queue = driver.bringUp();
    driver.echo.holdDrain = true;
    driver.put(QUEUE_RESET, 2, 1);
    assertThat(driver.get(QUEUE_RESET, 2)).isEqualTo(1);
    driver.echo.drained.remove().run();
    assertThat(driver.get(QUEUE_RESET, 2)).isZero();
    assertThat(driver.get(QUEUE_ENABLE, 2)).isZero();

    DriverSide again = driver.enable(0);
    assertThat(driver.get(QUEUE_ENABLE, 2)).isEqualTo(1);
    driver.request(again);
    assertThat(again.take()).isNotNull();
    assertThat(queue.addresses()).isEqualTo(again.addresses());
  }

  @Test
  void queue_isNotDisabledByWritingZero() {
    driver.negotiate();
    driver.enable(0);
    driver.put(QUEUE_ENABLE, 2, 0);
    assertThat(driver.get(QUEUE_ENABLE, 2)).isEqualTo(1);
  }

  @Test
  void queueSize_afterDriverOkIsIgnored() {
    driver.bringUp();
    driver.put(QUEUE_SIZE, 2, 2 * Echo.SIZE);
    assertThat(driver.get(QUEUE_SIZE, 2)).isEqualTo(Echo.SIZE);
    driver.put(QUEUE_SELECT, 2, 1);
    driver.put(QUEUE_SIZE, 2, 2);
    assertThat(driver.get(QUEUE_SIZE, 2)).isEqualTo(Echo.SIZE);
  }

  @Test
  void systemReset_forgetsSelectors() {
    driver.bringUp();
    driver.put(QUEUE_SELECT, 2, 1);
    driver.put(DEVICE_FEATURE_SELECT, 4, 1);
    driver.bar.reset();
    assertThat(driver.get(QUEUE_SELECT, 2)).isZero();
    assertThat(driver.get(DEVICE_FEATURE_SELECT, 4)).isZero();
    assertThat(driver.get(STATUS, 1)).isZero();
  }

  @Test
  void registers_takeAnythingAndWorkAfterAReset() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      int size = 1 << random.nextInt(4);
      int structure = random.nextInt(4) * 0x1000;
      long offset = (long) structure + random.nextInt(random.nextBoolean() ? 0x40 : 0x1001 - size);
      long value = random.nextLong() >>> random.nextInt(64);
      driver.byMessage = random.nextBoolean();
      driver.bar.read(offset, size);
      driver.bar.write(offset, size, value);
      driver.ports.read(offset & (LegacyRegisters.BAR_BYTES - size), size);
      driver.ports.write(offset & (LegacyRegisters.BAR_BYTES - size), size, value);
      driver.runner.runUntilIdle();
    }
    driver.byMessage = false;
    driver.put(STATUS, 1, 0);
    DriverSide queue = driver.bringUp();
    driver.request(queue);

    assertThat(queue.take()).as("seed %d", seed).isNotNull();
    assertThat(driver.line).as("seed %d", seed).isTrue();
  }
}

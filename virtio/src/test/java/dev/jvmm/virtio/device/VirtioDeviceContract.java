package dev.jvmm.virtio.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.queue.DriverSide;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every type of device keeps, whatever the driver does. */
public abstract class VirtioDeviceContract {

  private static final int ROUNDS = 300;

  protected VirtioDeviceContract() {}

  /** The device under test, new. */
  protected abstract DeviceModel model();

  /** Makes one honest request on queue 0. */
  protected abstract void request(DriverSide queue);

  @Test
  void device_servesARequest() {
    assertServes(new GuestDriver(model()));
  }

  @Test
  void device_servesAgainAfterAReset() {
    GuestDriver driver = new GuestDriver(model());
    assertServes(driver);

    driver.device.status(0);

    assertThat(driver.device.status()).isZero();
    assertServes(driver);
  }

  @Test
  void device_refusesADriverWithoutVersion1() {
    GuestDriver driver = new GuestDriver(model());
    driver.negotiate(driver.offered() & ~Features.VERSION_1);
    assertThat(driver.device.status() & DeviceStatus.FEATURES_OK).isZero();
  }

  @Test
  void device_refusesWhatItDoesNotOffer() {
    GuestDriver driver = new GuestDriver(model());
    driver.negotiate(driver.offered() | 1L << 63);
    assertThat(driver.device.status() & DeviceStatus.FEATURES_OK).isZero();
  }

  @Test
  void device_survivesAnythingAndServesAfterAReset() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    GuestDriver driver = new GuestDriver(model());
    for (int round = 0; round < ROUNDS; round++) {
      DriverSide queue = driver.bringUp();
      wildRings(queue, random);
      for (int i = 0; i < 30; i++) {
        wildWrite(driver.device, random);
      }
      driver.runner.runUntilIdle();
      driver.device.status(0);
      assertThat(driver.device.status()).as("seed %d", seed).isZero();
    }
    assertServes(driver);
  }

  private static void wildRings(DriverSide queue, Random random) {
    int size = queue.addresses().size();
    for (int i = 0; i < size; i++) {
      long gpa = random.nextInt(8) == 0 ? random.nextLong() : random.nextInt(0xC000);
      int length = random.nextInt() >>> random.nextInt(32);
      queue.descriptor(i, gpa, length, random.nextInt(8), random.nextInt(size + 1));
      queue.offer(random.nextInt(size + random.nextInt(2)));
    }
    queue.publishIdx(random.nextInt(size + 2));
  }

  private static void wildWrite(VirtioDevice device, Random random) {
    int index = random.nextInt(5) - 1;
    int value = random.nextInt() >>> random.nextInt(32);
    QueueArea[] areas = QueueArea.values();
    switch (random.nextInt(11)) {
      case 0 -> device.status(value);
      case 1 -> device.driverFeatures(index, value);
      case 2 -> device.queueSize(index, value);
      case 3 -> device.queueAddress(index, areas[random.nextInt(3)], random.nextBoolean(), value);
      case 4 -> device.enableQueue(index);
      case 5 -> device.disableQueue(index);
      case 6 -> device.resetQueue(index);
      case 7 -> device.readConfig(value & 0xFFF, 1 << random.nextInt(4));
      case 8 -> device.writeConfig(value & 0xFFF, 1 << random.nextInt(4), random.nextLong());
      case 9 -> device.queueAddress(index, areas[random.nextInt(3)]);
      default -> device.notifyQueue(index);
    }
  }

  private void assertServes(GuestDriver driver) {
    int before = driver.usedInterrupts;
    DriverSide queue = driver.bringUp();
    driver.runner.runUntilIdle();
    request(queue);
    assertThat(queue.publish()).isTrue();
    driver.device.notifyQueue(0);
    driver.runner.runUntilIdle();

    assertThat(queue.take()).isNotNull();
    assertThat(driver.usedInterrupts).isEqualTo(before + 1);
  }
}

package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.virtio.device.DeviceStatus;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Completions that come late, resets in mid-flight, several queues. */
class VirtioBlockLifeTest {

  private static final int RING_BYTES = 0x2000;

  private final MemoryBackend disk = new MemoryBackend();

  private BlockGuest guest() {
    disk.later = true;
    return new BlockGuest(disk);
  }

  private static void read(BlockGuest guest, int slot) {
    guest.add(slot, RequestType.IN, slot, Piece.writable(BlockGuest.DATA + 512L * slot, 512));
  }

  @Test
  void completions_comeInAnyOrder() {
    BlockGuest guest = guest();
    for (int i = 0; i < 256; i++) {
      Arrays.fill(disk.bytes, 512 * i, 512 * (i + 1), (byte) i);
    }
    for (int i = 0; i < 32; i++) {
      read(guest, i);
    }
    guest.kick();
    assertThat(guest.take()).isNull();
    disk.completeAll(new Random(1));

    for (int i = 0; i < 32; i++) {
      assertThat(guest.take()).extracting("length").isEqualTo(513);
      assertThat(guest.statusOf(i)).isZero();
      assertThat(guest.read(BlockGuest.DATA + 512L * i, 512)).containsOnly(i);
    }
    assertThat(guest.driver.usedInterrupts).isEqualTo(1);
  }

  @Test
  void reset_waitsForWhatIsUnderWay_andNothingIsWrittenAfter() {
    BlockGuest guest = guest();
    read(guest, 0);
    read(guest, 1);
    guest.kick();
    guest.driver.device.status(0);
    byte[] rings = guest.read(0x1_0000, RING_BYTES);

    assertThat(guest.driver.device.status()).isNotZero();
    disk.complete(1);
    assertThat(guest.driver.device.status()).isNotZero();
    disk.complete(0);
    assertThat(guest.driver.device.status()).isZero();
    assertThat(guest.read(0x1_0000, RING_BYTES)).isEqualTo(rings);
    assertThat(guest.statusOf(0)).isEqualTo(BlockGuest.UNTOUCHED);
    assertThat(guest.driver.usedInterrupts).isZero();
  }

  @Test
  void reset_withNothingUnderWay_isDoneAtOnce() {
    BlockGuest guest = guest();
    read(guest, 0);
    guest.kick();
    disk.complete(0);
    guest.driver.device.status(0);

    assertThat(guest.driver.device.status()).isZero();
  }

  /** What has completed and is not published yet never will be. */
  @Test
  void reset_betweenCompletionAndFlush_leavesTheRingsAlone() {
    BlockGuest guest = guest();
    read(guest, 0);
    guest.kick();
    disk.completeUntold(0);
    guest.driver.device.status(0);
    byte[] rings = guest.read(0x1_0000, RING_BYTES);
    disk.tell();

    assertThat(guest.driver.device.status()).isZero();
    assertThat(guest.read(0x1_0000, RING_BYTES)).isEqualTo(rings);
    assertThat(guest.driver.usedInterrupts).isZero();
  }

  /** The second range is submitted by the completion of the first, and its run never comes. */
  @Test
  void reset_beginsWhatNoRunWillBegin() {
    BlockGuest guest = guest();
    guest.add(0, RequestType.DISCARD, 0, guest.ranges(0, 1, 0, 1, 1, 0));
    guest.kick();
    disk.complete(0);
    guest.driver.device.status(0);
    assertThat(guest.driver.device.status()).isNotZero();
    disk.complete(0);

    assertThat(guest.driver.device.status()).isZero();
  }

  /** A disk with a speed limit has requests that would begin in minutes. */
  @Test
  void reset_cancelsWhatHasNotBegun() {
    BlockGuest guest = guest();
    disk.cancels = true;
    for (int i = 0; i < 20; i++) {
      read(guest, i);
    }
    guest.kick();
    guest.driver.device.status(0);

    assertThat(guest.driver.device.status()).isZero();
    assertThat(disk.inFlight()).isZero();
    assertThat(guest.statusOf(0)).isEqualTo(BlockGuest.UNTOUCHED);
    assertThat(guest.failures).isEmpty();
  }

  @Test
  void device_worksAfterAResetInMidFlight() {
    BlockGuest guest = guest();
    for (int round = 0; round < 5; round++) {
      read(guest, 0);
      guest.kick();
      guest.driver.device.status(0);
      disk.complete(0);
      guest.queue = guest.driver.bringUp();
    }
    read(guest, 0);
    guest.kick();
    disk.complete(0);

    assertThat(guest.statusOf(0)).isZero();
    assertThat(guest.take()).isNotNull();
  }

  @Test
  void resetOfOneQueue_leavesTheOtherAlone() {
    disk.later = true;
    BlockGuest guest =
        new BlockGuest(VirtioBlockConfig.DEFAULT.withQueues(2, 64), ErrorPolicy.DEFAULT, disk);
    guest.driver.device.status(0);
    guest.driver.negotiate(guest.driver.offered());
    DriverSide first = guest.driver.enable(0);
    DriverSide second = guest.driver.enable(1);
    guest.driver.driverOk();
    guest.queue = first;
    guest.add(0, RequestType.FLUSH, 0);
    guest.kick(0);
    guest.queue = second;
    guest.add(1, RequestType.FLUSH, 0);
    guest.kick(1);

    guest.driver.device.resetQueue(0);
    assertThat(guest.driver.device.queueResetting(0)).isTrue();
    disk.complete(1);
    assertThat(second.take()).isNotNull();
    assertThat(guest.statusOf(1)).isZero();
    assertThat(guest.driver.device.queueResetting(0)).isTrue();
    disk.complete(0);

    assertThat(guest.driver.device.queueResetting(0)).isFalse();
    assertThat(first.take()).isNull();
    assertThat(guest.driver.device.status() & DeviceStatus.DRIVER_OK).isNotZero();
  }

  @Test
  void queues_shareTheDisk_andAreInterruptedOnceEach() {
    disk.later = true;
    BlockGuest guest =
        new BlockGuest(VirtioBlockConfig.DEFAULT.withQueues(4, 64), ErrorPolicy.DEFAULT, disk);
    guest.driver.device.status(0);
    guest.driver.negotiate(guest.driver.offered());
    DriverSide[] queues = new DriverSide[4];
    for (int i = 0; i < 4; i++) {
      queues[i] = guest.driver.enable(i);
    }
    guest.driver.driverOk();
    for (int i = 0; i < 40; i++) {
      guest.queue = queues[i % 4];
      guest.add(i, RequestType.IN, i, Piece.writable(BlockGuest.DATA + 512L * i, 512));
      guest.kick(i % 4);
    }
    disk.completeAll(new Random(2));

    assertThat(guest.driver.usedInterrupts).isEqualTo(4);
    for (int i = 0; i < 40; i++) {
      assertThat(queues[i % 4].take()).isNotNull();
      assertThat(guest.statusOf(i)).isZero();
    }
  }

  /** Requests of other queues may complete inside this one's kick. */
  @Test
  void kick_flushesTheOthersToo() {
    disk.later = true;
    BlockGuest guest =
        new BlockGuest(VirtioBlockConfig.DEFAULT.withQueues(2, 64), ErrorPolicy.DEFAULT, disk);
    guest.driver.device.status(0);
    guest.driver.negotiate(guest.driver.offered());
    DriverSide first = guest.driver.enable(0);
    DriverSide second = guest.driver.enable(1);
    guest.driver.driverOk();
    guest.queue = first;
    guest.add(0, RequestType.FLUSH, 0);
    guest.kick(0);
    disk.later = false;
    disk.submitAgain();
    guest.queue = second;
    guest.add(1, RequestType.FLUSH, 0);
    guest.kick(1);

    assertThat(first.take()).isNotNull();
    assertThat(second.take()).isNotNull();
  }
}

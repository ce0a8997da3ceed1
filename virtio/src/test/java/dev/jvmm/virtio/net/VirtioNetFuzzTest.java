package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A guest that does anything: nobody is harmed, and after a reset all is well. */
class VirtioNetFuzzTest {

  private static final int ROUNDS = 200;
  private static final int STEPS = 60;

  private final Random random;
  private final long seed = Long.getLong("jvmm.seed", System.nanoTime());
  private final NetGuest guest = new NetGuest();

  VirtioNetFuzzTest() {
    random = new Random(seed);
  }

  @Test
  void device_survivesAnyGuestAndServesAfterAReset() {
    for (int round = 0; round < ROUNDS; round++) {
      for (int step = 0; step < STEPS; step++) {
        step();
      }
      guest.driver.device.status(0);
      guest.driver.runner.runUntilIdle();
      assertThat(guest.driver.device.status()).as("seed %d", seed).isZero();
      guest.line().in.clear();
      guest.line().out.clear();
      guest.line().broken = false;
      guest.line().room = Integer.MAX_VALUE;
      guest.driver.negotiate(guest.driver.offered() & ~(random.nextLong() & 0xFFFF_FFFFL));
      guest.start(1);
    }
    guest.driver.device.status(0);
    guest.driver.negotiate(guest.driver.offered());
    guest.start(1);
    assertServes();
  }

  private void assertServes() {
    byte[] frame = NetGuest.frame(NetGuest.MAC, 5000);
    guest.fill(4);
    guest.arrive(frame);
    byte[] received = guest.received();
    assertThat(Arrays.copyOfRange(received, 12, received.length))
        .as("seed %d", seed)
        .isEqualTo(Arrays.copyOfRange(frame, 12, frame.length));
    guest.send(frame);
    assertThat(guest.line().out).as("seed %d", seed).containsExactly(frame);
  }

  private void step() {
    switch (random.nextInt(10)) {
      case 0, 1 -> wild(guest.receive, 0);
      case 2, 3 -> wild(guest.transmit, 1);
      case 4 -> wild(guest.control, 2);
      case 5, 6 -> arrive();
      case 7 -> guest.line().room = random.nextInt(3);
      case 8 -> {
        guest.line().room = Integer.MAX_VALUE;
        Runnable writable = guest.line().writable;
        if (writable != null) {
          writable.run();
        }
      }
      default -> guest.line().broken = random.nextInt(4) == 0;
    }
    guest.driver.runner.runUntilIdle();
  }

  private void arrive() {
    byte[] frame = new byte[NetGuest.HEADER + random.nextInt(1 << (4 + random.nextInt(13)))];
    random.nextBytes(frame);
    guest.line().in.add(frame);
    Runnable readable = guest.line().readable;
    if (readable != null) {
      readable.run();
    }
  }

  /** Requests whose pieces, contents and order are anything that fits the table. */
  private void wild(DriverSide queue, int index) {
    DriverSide.Used used;
    do {
      used = queue.take();
    } while (used != null);
    byte[] junk = new byte[64];
    random.nextBytes(junk);
    guest.driver.memory.write(NetGuest.SEND + random.nextInt(256), junk);
    int pieces = 1 + random.nextInt(6);
    if (queue.freeCount() < pieces) {
      return;
    }
    Piece[] all = new Piece[pieces];
    for (int i = 0; i < pieces; i++) {
      long gpa =
          random.nextInt(20) == 0 ? random.nextLong() : NetGuest.SEND + random.nextInt(0x2_0000);
      int length = random.nextInt() >>> (12 + random.nextInt(20));
      all[i] = new Piece(gpa, length, random.nextInt(8) == 0 == (index != 0));
    }
    queue.add(all);
    queue.publish();
    guest.driver.device.notifyQueue(index);
  }
}

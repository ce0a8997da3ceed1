package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Requests that are nearly right, on a disk that fails, with resets in between: every head comes
 * back once or is forgotten by a reset, and the disk is asked for nothing that it does not have.
 * {@code -Djvmm.seed=} plays a run again.
 */
class VirtioBlockHostileFuzzTest {

  private static final int ROUNDS = 4_000;
  private static final int[] TYPES = {0, 1, 4, 8, 11, 13, 2, 14, -1, 16};
  private static final long[] SECTORS = {
    0, 1, 100, 255, 256, 257, 1 << 22, 1L << 40, Long.MAX_VALUE, Long.MIN_VALUE, -1, (1L << 55) - 1
  };
  private static final int[] LENGTHS = {1, 15, 16, 17, 32, 256, 272, 511, 512, 513, 1024, 4096};

  private final long seed = Long.getLong("jvmm.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final MemoryBackend disk = new MemoryBackend();
  private final BlockGuest guest =
      new BlockGuest(VirtioBlockConfig.DEFAULT, ErrorPolicy.of("stop", "enospc"), disk);
  private int offered;

  @Test
  void nearlyRightRequests_allComeBack() {
    System.out.println("jvmm.seed=" + seed);
    disk.later = true;
    disk.checks = true;
    for (int round = 0; round < ROUNDS; round++) {
      int count = 1 + random.nextInt(8);
      for (int i = 0; i < count; i++) {
        offer();
      }
      guest.kick();
      disk.errno = random.nextInt(4) == 0 ? 28 : random.nextInt(4) == 0 ? 5 : 0;
      disk.readErrno = random.nextInt(4) == 0 ? 5 : 0;
      if (random.nextBoolean()) {
        disk.completeAll(random);
      }
      if (random.nextInt(16) == 0) {
        reset();
      }
      guest.model.retry();
      guest.driver.runner.runUntilIdle();
      takeAll();
      if (guest.queue.freeCount() < 64) {
        settle();
      }
    }
    settle();
    disk.later = false;

    assertThat(guest.run(RequestType.IN, 0, Piece.writable(BlockGuest.DATA, 512)))
        .as("seed %d", seed)
        .isZero();
  }

  private void offer() {
    int slot = random.nextInt(64);
    if (random.nextBoolean()) {
      long sector = pick(SECTORS);
      guest.rangesAt(
          BlockGuest.DATA, sector, random.nextInt(300), random.nextInt(3), pick(SECTORS), 1, 0);
    }
    List<Piece> pieces = new ArrayList<>();
    Piece header = guest.header(slot, TYPES[random.nextInt(TYPES.length)], pick(SECTORS));
    if (random.nextInt(16) != 0) {
      pieces.add(header);
    }
    int data = random.nextInt(4);
    boolean writable = random.nextBoolean();
    for (int i = 0; i < data; i++) {
      int length = LENGTHS[random.nextInt(LENGTHS.length)];
      pieces.add(new Piece(BlockGuest.DATA + random.nextInt(0x4_0000), length, writable));
    }
    if (pieces.isEmpty() || random.nextInt(16) != 0) {
      pieces.add(guest.status(slot));
    }
    guest.queue.add(pieces.toArray(Piece[]::new));
    offered++;
  }

  private long pick(long[] values) {
    return values[random.nextInt(values.length)];
  }

  private void takeAll() {
    while (guest.take() != null) {
      offered--;
    }
    assertThat(offered).as("seed %d", seed).isNotNegative();
  }

  /** Everything that was offered comes back. */
  private void settle() {
    disk.errno = 0;
    disk.readErrno = 0;
    do {
      guest.model.retry();
      guest.driver.runner.runUntilIdle();
      disk.completeAll(random);
      guest.driver.runner.runUntilIdle();
    } while (disk.inFlight() > 0);
    takeAll();
    assertThat(offered).as("seed %d", seed).isZero();
  }

  private void reset() {
    guest.driver.device.status(0);
    byte[] rings = guest.read(0x1_0000, 0x2000);
    disk.completeAll(random);
    assertThat(guest.driver.device.status()).as("seed %d", seed).isZero();
    assertThat(guest.read(0x1_0000, 0x2000)).as("seed %d", seed).isEqualTo(rings);
    guest.queue = guest.driver.bringUp();
    offered = 0;
  }
}

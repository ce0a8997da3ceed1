package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Requests of chance, honest and not, cut anywhere, completed in any order, compared with a model
 * of the disk. {@code -Djvmm.seed=} plays a run again.
 */
class VirtioBlockFuzzTest {

  private static final int ROUNDS = 1_500;
  private static final int ROOM = 16 * 512; // of one slot's data
  private static final int SLOTS = 16;

  private final long seed = Long.getLong("jvmm.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final MemoryBackend disk = new MemoryBackend();
  private final byte[] model = new byte[disk.bytes.length];
  private final BlockGuest guest =
      new BlockGuest(VirtioBlockConfig.DEFAULT, ErrorPolicy.of("stop", "stop"), disk);

  /** What a request should come to: its status, and what its data should be after. */
  private record Expected(int slot, int status, ByteBuffer data) {}

  @Test
  void randomRequests_matchAModel() {
    System.out.println("jvmm.seed=" + seed);
    random.nextBytes(model);
    System.arraycopy(model, 0, disk.bytes, 0, model.length);
    disk.later = true;
    disk.quiet = true;
    for (int round = 0; round < ROUNDS; round++) {
      List<Expected> expected = new ArrayList<>();
      boolean[] busy = new boolean[MemoryBackend.SECTORS];
      int count = 1 + random.nextInt(SLOTS);
      for (int slot = 0; slot < count; slot++) {
        expected.add(request(slot, busy));
      }
      guest.kick();
      finishAll();
      for (int slot = 0; slot < count; slot++) {
        assertThat(guest.take()).as("seed %d, round %d", seed, round).isNotNull();
      }
      assertThat(guest.take()).isNull();
      expected.forEach(this::check);
      assertThat(disk.bytes).as("seed %d, round %d", seed, round).isEqualTo(model);
    }
  }

  private void finishAll() {
    while (disk.inFlight() > 0 || guest.failures.size() > 0) {
      disk.errno = random.nextInt(8) == 0 ? 28 : 0;
      disk.readErrno = random.nextInt(8) == 0 ? 5 : 0;
      guest.failures.clear();
      disk.completeAll(random);
      guest.model.retry();
      guest.driver.runner.runUntilIdle();
    }
  }

  private void check(Expected expected) {
    assertThat(guest.statusOf(expected.slot()))
        .as("seed %d, slot %d", seed, expected.slot())
        .isEqualTo(expected.status());
    byte[] data = guest.read(dataOf(expected.slot()), expected.data().capacity());
    assertThat(ByteBuffer.wrap(data))
        .as("seed %d, slot %d", seed, expected.slot())
        .isEqualTo(expected.data());
  }

  private static long dataOf(int slot) {
    return BlockGuest.DATA + (long) ROOM * slot;
  }

  private Expected request(int slot, boolean[] busy) {
    int sectors = random.nextInt(16);
    int sector = random.nextInt(MemoryBackend.SECTORS + 8);
    boolean outside = sector + sectors > MemoryBackend.SECTORS;
    for (int i = sector; !outside && i < sector + sectors; i++) {
      if (busy[i]) {
        return flush(slot); // what overlaps has no one outcome
      }
    }
    if (!outside) {
      Arrays.fill(busy, sector, sector + sectors, true);
    }
    return switch (random.nextInt(5)) {
      case 0, 1 -> read(slot, sector, sectors, outside);
      case 2, 3 -> write(slot, sector, sectors, outside);
      default -> clear(slot, sector, sectors, outside);
    };
  }

  private Expected flush(int slot) {
    send(guest.header(slot, RequestType.FLUSH, random.nextLong()), List.of(), guest.status(slot));
    return new Expected(slot, RequestType.S_OK, ByteBuffer.allocate(0));
  }

  private Expected read(int slot, int sector, int sectors, boolean outside) {
    byte[] before = new byte[512 * sectors];
    random.nextBytes(before);
    guest.driver.memory.write(dataOf(slot), before);
    send(
        guest.header(slot, RequestType.IN, sector),
        cut(slot, 512 * sectors, true),
        guest.status(slot));
    return outside
        ? new Expected(slot, RequestType.S_IOERR, ByteBuffer.wrap(before))
        : new Expected(
            slot,
            RequestType.S_OK,
            ByteBuffer.wrap(Arrays.copyOfRange(model, 512 * sector, 512 * (sector + sectors))));
  }

  private Expected write(int slot, int sector, int sectors, boolean outside) {
    byte[] data = new byte[512 * sectors];
    random.nextBytes(data);
    guest.driver.memory.write(dataOf(slot), data);
    send(
        guest.header(slot, RequestType.OUT, sector),
        cut(slot, 512 * sectors, false),
        guest.status(slot));
    if (!outside) {
      System.arraycopy(data, 0, model, 512 * sector, data.length);
    }
    return new Expected(
        slot, outside ? RequestType.S_IOERR : RequestType.S_OK, ByteBuffer.wrap(data));
  }

  private Expected clear(int slot, int sector, int sectors, boolean outside) {
    byte[] ranges = guest.rangesAt(dataOf(slot), sector, sectors, random.nextInt(2));
    send(guest.header(slot, RequestType.WRITE_ZEROES, 0), cut(slot, 16, false), guest.status(slot));
    if (!outside) {
      Arrays.fill(model, 512 * sector, 512 * (sector + sectors), (byte) 0);
    }
    return new Expected(
        slot, outside ? RequestType.S_IOERR : RequestType.S_OK, ByteBuffer.wrap(ranges));
  }

  /** The data of a slot in up to four pieces. */
  private List<Piece> cut(int slot, int length, boolean writable) {
    List<Piece> pieces = new ArrayList<>();
    int at = 0;
    while (at < length) {
      int part = pieces.size() == 3 ? length - at : 1 + random.nextInt(length - at);
      pieces.add(new Piece(dataOf(slot) + at, part, writable));
      at += part;
    }
    return pieces;
  }

  private void send(Piece header, List<Piece> data, Piece status) {
    List<Piece> all = new ArrayList<>();
    int cut = random.nextInt(16);
    if (cut > 0) {
      all.add(Piece.readable(header.gpa(), cut));
    }
    all.add(Piece.readable(header.gpa() + cut, 16 - cut));
    all.addAll(data);
    all.add(status);
    guest.queue.add(all.toArray(Piece[]::new));
  }
}

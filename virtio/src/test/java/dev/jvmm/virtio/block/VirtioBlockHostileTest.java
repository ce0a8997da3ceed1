package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.BlockRequest;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.virtio.device.DeviceStatus;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What a driver gets that does not keep to the rules. */
class VirtioBlockHostileTest {

  private static final Piece SECTOR_IN = Piece.writable(BlockGuest.DATA, 512);
  private static final Piece SECTOR_OUT = Piece.readable(BlockGuest.DATA, 512);

  private final BlockGuest guest = new BlockGuest();

  @Test
  void outsideOfTheDisk_isAnError_howeverTheSumsOverflow() {
    for (long sector : new long[] {256, 1L << 55, Long.MAX_VALUE, -1, Long.MIN_VALUE, 1L << 32}) {
      assertThat(guest.run(RequestType.IN, sector, SECTOR_IN)).isEqualTo(RequestType.S_IOERR);
      assertThat(guest.run(RequestType.OUT, sector, SECTOR_OUT)).isEqualTo(RequestType.S_IOERR);
    }
    assertThat(guest.run(RequestType.IN, 255, Piece.writable(BlockGuest.DATA, 1024)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(guest.backend.log).isEmpty();
    assertThat(guest.run(RequestType.IN, 255, SECTOR_IN)).isEqualTo(RequestType.S_OK);
  }

  @Test
  void partOfASector_isAnError() {
    assertThat(guest.run(RequestType.IN, 0, Piece.writable(BlockGuest.DATA, 511)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(guest.run(RequestType.OUT, 0, Piece.readable(BlockGuest.DATA, 513)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(guest.backend.log).isEmpty();
  }

  @Test
  void partOfALogicalBlock_isAnError() {
    BlockGuest large =
        new BlockGuest(
            VirtioBlockConfig.DEFAULT.withBlocks(4096, 4096),
            ErrorPolicy.DEFAULT,
            new MemoryBackend());

    assertThat(large.run(RequestType.IN, 0, SECTOR_IN)).isEqualTo(RequestType.S_IOERR);
    assertThat(large.run(RequestType.IN, 1, Piece.writable(BlockGuest.DATA, 4096)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(large.run(RequestType.IN, 8, Piece.writable(BlockGuest.DATA, 4096)))
        .isEqualTo(RequestType.S_OK);
  }

  @Test
  void failedRead_claimsNoByte() {
    guest.add(0, RequestType.IN, 256, SECTOR_IN);
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void noStatusByte_goesBackUnused() {
    guest.queue.add(guest.header(0, RequestType.OUT, 0), SECTOR_OUT);
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 0));
    assertThat(guest.backend.log).isEmpty();
    assertThat(guest.driver.usedInterrupts).isEqualTo(1);
  }

  @Test
  void noWholeHeader_goesBackUnused() {
    guest.queue.add(Piece.readable(BlockGuest.HEADERS, 15), guest.status(0));
    guest.queue.add(guest.status(1));
    guest.kick();

    assertThat(guest.take()).extracting(Used::length).isEqualTo(0);
    assertThat(guest.take()).extracting(Used::length).isEqualTo(0);
    assertThat(guest.statusOf(0)).isEqualTo(BlockGuest.UNTOUCHED);
    assertThat(guest.statusOf(1)).isEqualTo(BlockGuest.UNTOUCHED);
  }

  @Test
  void badChains_areNotLost_andWhatIsBehindIsServed() {
    guest.queue.add(guest.header(0, RequestType.IN, 0), Piece.writable(-4096, 512));
    guest.queue.addRaw(BlockGuest.HEADERS, 16, DriverSide.F_NEXT); // next is 0: itself, or back
    guest.add(2, RequestType.IN, 0, SECTOR_IN);
    guest.kick();

    assertThat(guest.take()).extracting(Used::length).isEqualTo(0);
    assertThat(guest.take()).extracting(Used::length).isEqualTo(0);
    assertThat(guest.take()).extracting(Used::length).isEqualTo(513);
    assertThat(guest.take()).isNull();
    assertThat(guest.statusOf(2)).isZero();
  }

  @Test
  void descriptorLoop_goesBackUnused() {
    DriverSide queue = guest.queue;
    queue.descriptor(0, BlockGuest.HEADERS, 16, DriverSide.F_NEXT, 1);
    queue.descriptor(1, BlockGuest.DATA, 512, DriverSide.F_NEXT | DriverSide.F_WRITE, 1);
    queue.offer(0);
    guest.kick();

    assertThat(queue.hasUsed()).isTrue();
    assertThat(guest.backend.log).isEmpty();
  }

  /** A gigabyte by one chain: the same memory, named again and again. */
  @Test
  void chainOfAGigabyte_isRefused() {
    BlockGuest deep =
        new BlockGuest(
            VirtioBlockConfig.DEFAULT.withQueues(1, 1024),
            ErrorPolicy.DEFAULT,
            new MemoryBackend());
    Piece[] pieces = new Piece[1024];
    Arrays.fill(pieces, Piece.readable(0, 1 << 20));
    pieces[0] = deep.header(0, RequestType.OUT, 0);
    pieces[1023] = deep.status(0);
    deep.queue.addIndirect(BlockGuest.DATA, pieces); // 1022 MiB: too much for this disk alone
    deep.kick();
    assertThat(deep.take()).isEqualTo(new Used(0, 1));
    assertThat(deep.statusOf(0)).isEqualTo(RequestType.S_IOERR);
    assertThat(deep.backend.log).isEmpty();
    assertThat(deep.model.queues().getFirst().maxChainBytes())
        .isLessThanOrEqualTo((1 << 30) + 4096);
  }

  @Test
  void asManyPiecesAsAChainCanHave_areOneRequest() {
    Piece[] pieces = new Piece[256];
    pieces[0] = guest.header(0, RequestType.IN, 0);
    for (int i = 1; i < 255; i++) {
      pieces[i] = Piece.writable(BlockGuest.DATA + 512L * i, 512);
    }
    pieces[255] = guest.status(0);
    guest.queue.addIndirect(0x6000, pieces);
    guest.kick();

    assertThat(guest.statusOf(0)).isZero();
    assertThat(guest.take()).isEqualTo(new Used(0, 254 * 512 + 1));
    assertThat(guest.backend.log).containsExactly("READ 0+254");
  }

  @Test
  void readOnlyDisk_isNotWritten() {
    MemoryBackend disk = new MemoryBackend();
    disk.readOnly = true;
    BlockGuest reader = new BlockGuest(disk);

    assertThat(reader.run(RequestType.OUT, 0, SECTOR_OUT)).isEqualTo(RequestType.S_IOERR);
    assertThat(reader.run(RequestType.DISCARD, 0, reader.ranges(0, 1, 0)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(reader.run(RequestType.WRITE_ZEROES, 0, reader.ranges(0, 1, 0)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(reader.run(RequestType.IN, 0, SECTOR_IN)).isEqualTo(RequestType.S_OK);
    assertThat(disk.log).containsExactly("READ 0+1");
  }

  @Test
  void headerThatChangesMeanwhile_changesNothing() {
    guest.backend.later = true;
    guest.add(0, RequestType.IN, 0, SECTOR_IN);
    guest.kick();
    guest.header(0, RequestType.OUT, 1L << 60);
    guest.backend.complete(0);

    assertThat(guest.take()).isEqualTo(new Used(0, 513));
    assertThat(guest.statusOf(0)).isZero();
    assertThat(guest.backend.log).containsExactly("READ 0+1");
  }

  /** A second vCPU rewrites the sector all the time: what was checked is what is asked. */
  @Test
  void sectorThatFlips_isNeverAskedForUnchecked() throws Exception {
    AtomicBoolean stop = new AtomicBoolean();
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!stop.get()) {
                    guest.header(0, RequestType.IN, 1L << 40);
                    guest.header(0, RequestType.IN, 7);
                  }
                });
    guest.backend.later = true;
    List<Long> offsets = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      guest.queue.add(Piece.readable(BlockGuest.HEADERS, 16), SECTOR_IN, guest.status(0));
      guest.kick();
      if (!guest.backend.begun.isEmpty()) {
        offsets.add(guest.backend.begun.getFirst().offset());
        guest.backend.complete(0);
      }
      assertThat(guest.take()).isNotNull();
    }
    stop.set(true);
    other.join();

    long disk = guest.backend.capacityBytes(); // a torn number may be any that was checked
    assertThat(offsets).isNotEmpty().allMatch(offset -> offset >= 0 && offset < disk);
  }

  @Test
  void rangesThatChangeMeanwhile_areThoseThatWereChecked() {
    guest.backend.later = true;
    guest.add(0, RequestType.DISCARD, 0, guest.ranges(0, 1, 0, 1, 1, 0));
    guest.kick();
    guest.ranges(1 << 20, 1, 0, 1 << 20, 1, 0);
    guest.backend.complete(0);
    guest.driver.runner.runUntilIdle();
    guest.backend.complete(0);

    assertThat(guest.backend.log).containsExactly("DISCARD 0+1", "DISCARD 1+1");
    assertThat(guest.statusOf(0)).isZero();
  }

  @Test
  void fullQueue_isTakenInBoundedRuns() {
    guest.backend.later = true;
    for (int i = 0; i < 128; i++) {
      guest.queue.add(guest.header(i, RequestType.FLUSH, 0), guest.status(i));
    }
    guest.queue.publish();
    guest.driver.device.notifyQueue(0);
    int runs = guest.driver.runner.runUntilIdle();

    assertThat(runs).isEqualTo(3); // 64, 64, and a look
    assertThat(guest.backend.kicks).isEqualTo(2);
    assertThat(guest.backend.begun).hasSize(128);
  }

  /** As many as the queue holds, however often the driver lies about its index. */
  @Test
  void requestsUnderWay_areNoMoreThanTheQueueHolds() {
    guest.backend.later = true;
    for (int i = 0; i < 128; i++) {
      guest.queue.add(guest.header(i, RequestType.FLUSH, 0), guest.status(i));
    }
    guest.kick();
    guest.queue.publishIdx(128 + 256);
    guest.driver.device.notifyQueue(0);
    guest.driver.runner.runUntilIdle();

    assertThat(guest.backend.begun).hasSize(128);
    assertThat(guest.driver.device.status() & DeviceStatus.NEEDS_RESET).isNotZero();
    guest.driver.device.status(0);
    while (!guest.backend.begun.isEmpty()) {
      guest.backend.complete(0);
    }
    assertThat(guest.driver.device.status()).isZero();
  }

  @Test
  void dataThatIsTheRing_harmsTheGuestAlone() {
    guest.fill(BlockGuest.DATA, 4096, 0xFF);
    guest.run(RequestType.OUT, 0, Piece.readable(BlockGuest.DATA, 4096));
    guest.add(0, RequestType.IN, 0, Piece.writable(0x1_0000, 4096), Piece.writable(0x1_1000, 512));
    guest.kick();
    guest.driver.device.status(0);

    assertThat(guest.driver.device.status()).isZero();
    guest.queue = guest.driver.bringUp();
    assertThat(guest.run(RequestType.IN, 0, SECTOR_IN)).isZero();
  }

  @Test
  void overlappingStatusAndData_harmTheGuestAlone() {
    guest.header(0, RequestType.IN, 0);
    guest.queue.add(
        Piece.readable(BlockGuest.HEADERS, 16),
        Piece.writable(BlockGuest.HEADERS, 512),
        Piece.writable(BlockGuest.HEADERS, 1));
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 513));
    assertThat(guest.backend.log).containsExactly("READ 0+1");
  }

  @Test
  void segments_lieInTheGuestsMemory() {
    guest.backend.later = true;
    guest.add(0, RequestType.IN, 0, SECTOR_IN);
    guest.kick();
    BlockRequest io = guest.backend.begun.getFirst();
    long ram = guest.driver.memory.regions().getFirst().memory().address();

    assertThat(io.operation()).isEqualTo(BlockOperation.READ);
    assertThat(io.segmentCount()).isEqualTo(1);
    assertThat(io.segmentAddress(0)).isEqualTo(ram + BlockGuest.DATA);
    assertThat(io.segmentBytes(0)).isEqualTo(512);
  }
}

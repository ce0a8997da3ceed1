package dev.jvmm.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.core.vm.BalloonStatistics;
import dev.jvmm.core.vm.BalloonStatistics.Kind;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.device.VirtioDeviceContract;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class VirtioBalloonTest extends VirtioDeviceContract {

  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int STATISTICS = 2;
  private static final int REPORTING = 3;

  private static final long NUM_PAGES = 0;
  private static final int ACTUAL = 4;
  private static final int POISON_VAL = 12;

  private static final long LIST = 0x4000;
  private static final BalloonConfig REPORTS = new BalloonConfig(true, true, 0);

  private final ManualClock clock = new ManualClock();
  private final List<String> discarded = new ArrayList<>();
  private final MemorySegment bytes = Arena.ofAuto().allocate(DriverSide.RAM_BYTES, 4096);
  private final GuestMemory memory = new GuestMemory(List.of(new Region(0, bytes, this::discard)));

  /** As a host does: what is given back reads zero. */
  private long discard(long offset, long length) {
    discarded.add("0x%x+0x%x".formatted(offset, length));
    bytes.asSlice(offset, length).fill((byte) 0);
    return length;
  }

  @Override
  protected DeviceModel model() {
    return new VirtioBalloon(BalloonConfig.DEFAULT, memory, clock);
  }

  @Override
  protected void request(DriverSide queue) {
    queue.add(Piece.readable(GuestDriver.DATA, 4));
  }

  /** A driver with all of the queues. */
  private final class Guest {
    final VirtioBalloon model;
    final GuestDriver driver;
    final List<DriverSide> queues = new ArrayList<>();

    Guest(BalloonConfig config) {
      model = new VirtioBalloon(config, memory, clock);
      driver = new GuestDriver(model, memory);
      model.configChanges(driver.device::changeConfig);
      bringUp();
    }

    void bringUp() {
      driver.negotiate(driver.offered());
      queues.clear();
      for (int i = 0; i < driver.device.queueCount(); i++) {
        queues.add(driver.enable(i));
      }
      driver.driverOk();
      driver.runner.runUntilIdle();
    }

    void send(int index, Piece... pieces) {
      queues.get(index).add(pieces);
      queues.get(index).publish();
      driver.device.notifyQueue(index);
      driver.runner.runUntilIdle();
    }

    void inflate(long... pfns) {
      ByteBuffer list = ByteBuffer.allocate(pfns.length * 4).order(ByteOrder.LITTLE_ENDIAN);
      LongStream.of(pfns).forEach(pfn -> list.putInt((int) pfn));
      memory.write(LIST, list.array());
      send(INFLATE, Piece.readable(LIST, pfns.length * 4));
    }

    void statistics(int count, int tag, long value) {
      ByteBuffer list = ByteBuffer.allocate(count * 10).order(ByteOrder.LITTLE_ENDIAN);
      for (int i = 0; i < count; i++) {
        list.putShort((short) (tag + i)).putLong(value + i);
      }
      memory.write(LIST, list.array());
      send(STATISTICS, Piece.readable(LIST, count * 10));
    }
  }

  @Test
  void inflate_givesPagesBackInRuns() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.inflate(9, 8, 0xF, 10, 9);

    assertThat(discarded).containsExactly("0x8000+0x3000", "0xf000+0x1000");
    assertThat(guest.queues.get(INFLATE).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void inflate_leavesAloneWhatIsNotRam() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.inflate(0x100, 0xFFFF_FFFFL, 0x8000_0000L, 0xC_0000, 0xFE_E00);
    guest.inflate(0xFF, 0x100); // across its end

    assertThat(discarded).isEmpty();
    assertThat(guest.queues.get(INFLATE).take()).isNotNull();
  }

  @Test
  void inflate_takesALongListAndNoLonger() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.inflate(LongStream.range(0, 1024).map(i -> i % 2 == 0 ? 8 : 10).toArray());
    assertThat(discarded).hasSize(8);

    discarded.clear();
    guest.send(INFLATE, Piece.readable(LIST, 4100));
    assertThat(discarded).isEmpty();
    assertThat(guest.queues.get(INFLATE).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void listsWithoutEnd_haveTheirTurnAndNoMore() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    memory.write(LIST, new byte[] {8, 0, 0, 0});
    for (int i = 0; i < 10; i++) {
      guest.queues.get(INFLATE).add(Piece.readable(LIST, 4));
    }
    guest.queues.get(INFLATE).publish();
    guest.driver.device.notifyQueue(INFLATE);
    guest.driver.runner.runEachOnce();
    assertThat(discarded).hasSize(4);

    guest.driver.runner.runUntilIdle();
    assertThat(discarded).hasSize(10);
  }

  @Test
  void inflate_ignoresATornNumberAtTheEnd() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    memory.write(LIST, new byte[] {8, 0, 0, 0, 9, 0, 0});
    guest.send(INFLATE, Piece.readable(LIST, 7));

    assertThat(discarded).containsExactly("0x8000+0x1000");
  }

  @Test
  void inflatedRing_harmsTheGuestAlone() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.inflate(GuestDriver.RINGS >> 12, LIST >> 12);
    guest.send(INFLATE, Piece.readable(LIST, 4));
    guest.driver.device.status(0);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.driver.device.status()).isZero();

    guest.bringUp();
    discarded.clear();
    guest.inflate(8);
    assertThat(discarded).containsExactly("0x8000+0x1000");
  }

  @Test
  void deflate_comesBack() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.send(DEFLATE, Piece.readable(LIST, 8));

    assertThat(discarded).isEmpty();
    assertThat(guest.queues.get(DEFLATE).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void target_isTheGuestsToFollow() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    int generation = guest.driver.device.configGeneration();
    guest.model.target(DriverSide.RAM_BYTES - 0x3000);

    assertThat(guest.driver.device.readConfig((int) NUM_PAGES, 4)).isEqualTo(3);
    assertThat(guest.driver.configInterrupts).isEqualTo(1);
    assertThat(guest.driver.device.configGeneration()).isNotEqualTo(generation);
    assertThat(guest.model.actualBytes()).isEqualTo(DriverSide.RAM_BYTES);
    guest.driver.device.writeConfig(ACTUAL, 4, 2);
    assertThat(guest.model.actualBytes()).isEqualTo(DriverSide.RAM_BYTES - 0x2000);
  }

  @Test
  void target_isBounded() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.model.target(Long.MAX_VALUE);
    assertThat(guest.driver.device.readConfig((int) NUM_PAGES, 4)).isZero();
    assertThatThrownBy(() -> guest.model.target(0)).isInstanceOf(ConfigException.class);

    guest.driver.device.writeConfig(ACTUAL, 4, -1);
    assertThat(guest.model.actualBytes()).isZero();
  }

  @Test
  void reset_forgetsWhatTheDriverHasSaid() {
    Guest guest = new Guest(REPORTS);
    guest.model.target(DriverSide.RAM_BYTES - 0x3000);
    guest.driver.device.writeConfig(ACTUAL, 4, 2);
    guest.driver.device.writeConfig(POISON_VAL, 4, 0xAA);
    guest.driver.device.status(0);

    assertThat(guest.driver.device.readConfig(ACTUAL, 4)).isZero();
    assertThat(guest.driver.device.readConfig(POISON_VAL, 4)).isZero();
    assertThat(guest.driver.device.readConfig((int) NUM_PAGES, 4)).isEqualTo(3);
  }

  @Test
  void configuration_hasNothingElse() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.driver.device.writeConfig(0, 4, 77);
    guest.driver.device.writeConfig(8, 4, 77);
    guest.driver.device.writeConfig(4, 2, 77);
    guest.driver.device.writeConfig(Integer.MAX_VALUE, 4, 77);
    assertThat(guest.driver.device.readConfig(0, 8)).isZero();
    assertThat(guest.driver.device.readConfig(8, 8)).isZero();
    assertThat(guest.driver.device.readConfig(16, 1)).isEqualTo(-1);
    assertThat(guest.driver.device.readConfig(Integer.MAX_VALUE, 8)).isEqualTo(-1);
  }

  @Test
  void statistics_areAskedForAtTheInterval() {
    Guest guest = new Guest(new BalloonConfig(false, false, 2));
    assertThat(guest.model.statistics()).isEqualTo(BalloonStatistics.NONE);
    guest.statistics(2, 4, 1000);
    assertThat(guest.model.statistics().values())
        .isEqualTo(Map.of(Kind.FREE_MEMORY, 1000L, Kind.TOTAL_MEMORY, 1001L));
    assertThat(guest.queues.get(STATISTICS).take()).isNull();

    advanceSeconds(guest, 2);
    assertThat(guest.queues.get(STATISTICS).take()).isEqualTo(new Used(0, 0));
    guest.statistics(1, 4, 2000);
    assertThat(guest.model.statistics().values()).isEqualTo(Map.of(Kind.FREE_MEMORY, 2000L));
  }

  @Test
  void interval_canBeChangedAndEnded() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.statistics(1, 4, 1);
    advanceSeconds(guest, 100);
    assertThat(guest.queues.get(STATISTICS).take()).isNull();

    guest.model.pollingInterval(1);
    advanceSeconds(guest, 0);
    advanceSeconds(guest, 1);
    assertThat(guest.queues.get(STATISTICS).take()).isNotNull();
    guest.model.pollingInterval(0);
    guest.statistics(1, 4, 1);
    advanceSeconds(guest, 100);
    assertThat(guest.queues.get(STATISTICS).take()).isNull();
  }

  @Test
  void statistics_ofAnyLengthAreKeptToABound() {
    Guest guest = new Guest(BalloonConfig.DEFAULT);
    guest.statistics(400, -64, 0); // only tags that there are not in the first 64
    assertThat(guest.model.statistics().values()).isEmpty();
  }

  @Test
  void secondStatisticsBuffer_waitsForTheFirst() {
    Guest guest = new Guest(new BalloonConfig(false, false, 1));
    guest.statistics(1, 4, 1);
    guest.statistics(1, 4, 2);
    assertThat(guest.model.statistics().values()).containsEntry(Kind.FREE_MEMORY, 1L);

    advanceSeconds(guest, 1);
    assertThat(guest.model.statistics().values()).containsEntry(Kind.FREE_MEMORY, 2L);
  }

  @Test
  void reportedPages_goBack() {
    Guest guest = new Guest(REPORTS);
    guest.send(
        REPORTING, Piece.writable(0x2_0000, 0x4000), Piece.writable(GuestDriver.DATA, 0x1000));

    assertThat(discarded).containsExactly("0x20000+0x4000", "0x8000+0x1000");
    assertThat(guest.queues.get(REPORTING).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void reportedPagesOfAGuestThatPoisonsThem_stay() {
    Guest guest = new Guest(REPORTS);
    guest.driver.device.writeConfig(POISON_VAL, 4, 0xAAAA_AAAAL);
    guest.send(REPORTING, Piece.writable(GuestDriver.DATA, 0x1000));

    assertThat(discarded).isEmpty();
    assertThat(guest.queues.get(REPORTING).take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void reportThatIsNotRam_goesBack() {
    Guest guest = new Guest(REPORTS);
    guest.send(REPORTING, Piece.writable(DriverSide.RAM_BYTES - 0x1000L, 0x2000));
    guest.send(REPORTING, Piece.readable(GuestDriver.DATA, 0x1000));

    assertThat(discarded).isEmpty();
    assertThat(guest.queues.get(REPORTING).take()).isEqualTo(new Used(0, 0));
    assertThat(guest.queues.get(REPORTING).take()).isEqualTo(new Used(1, 0));
  }

  @Test
  void features_areThoseThatWereAskedFor() {
    assertThat(new VirtioBalloon(BalloonConfig.DEFAULT, memory, clock).features()).isEqualTo(0b10);
    assertThat(new VirtioBalloon(REPORTS, memory, clock).features()).isEqualTo(0b110110);
  }

  private void advanceSeconds(Guest guest, long seconds) {
    clock.advance(seconds * 1_000_000_000L);
    guest.driver.runner.runUntilIdle();
  }
}

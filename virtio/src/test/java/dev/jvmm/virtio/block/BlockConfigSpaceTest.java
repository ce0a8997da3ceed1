package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.BlockLimits;
import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.block.VirtioBlockConfig.WriteCache;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import org.junit.jupiter.api.Test;

/** Features, the configuration, and the write cache that the driver may switch. */
class BlockConfigSpaceTest {

  private static final int WRITEBACK = 32;
  private static final Piece SECTOR = Piece.readable(BlockGuest.DATA, 512);

  private final MemoryBackend disk = new MemoryBackend();

  private BlockGuest guest(VirtioBlockConfig config) {
    return new BlockGuest(config, ErrorPolicy.DEFAULT, disk);
  }

  @Test
  void fields_areWhereTheSpecificationSays() {
    disk.limits = new BlockLimits(512, 4096, 8192);
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT.withQueues(3, 128).withBlocks(1024, 4096));

    assertThat(guest.driver.device.readConfig(0, 8)).isEqualTo(256); // capacity
    assertThat(guest.driver.device.readConfig(0, 4)).isEqualTo(256);
    assertThat(guest.driver.device.readConfig(4, 4)).isZero();
    assertThat(guest.driver.device.readConfig(8, 4)).isZero(); // size_max
    assertThat(guest.driver.device.readConfig(12, 4)).isEqualTo(126); // seg_max
    assertThat(guest.driver.device.readConfig(16, 4)).isEqualTo(0x3F10_0002); // geometry
    assertThat(guest.driver.device.readConfig(20, 4)).isEqualTo(1024); // blk_size
    assertThat(guest.driver.device.readConfig(24, 1)).isEqualTo(2); // physical_block_exp
    assertThat(guest.driver.device.readConfig(25, 1)).isZero(); // alignment_offset
    assertThat(guest.driver.device.readConfig(26, 2)).isZero(); // min_io_size
    assertThat(guest.driver.device.readConfig(28, 4)).isZero(); // opt_io_size
    assertThat(guest.driver.device.readConfig(WRITEBACK, 1)).isEqualTo(1);
    assertThat(guest.driver.device.readConfig(34, 2)).isEqualTo(3); // num_queues
    assertThat(guest.driver.device.readConfig(36, 4)).isEqualTo(1 << 22); // max_discard_sectors
    assertThat(guest.driver.device.readConfig(40, 4)).isEqualTo(16); // max_discard_seg
    assertThat(guest.driver.device.readConfig(44, 4)).isEqualTo(16); // discard_sector_alignment
    assertThat(guest.driver.device.readConfig(48, 4)).isEqualTo(1 << 22);
    assertThat(guest.driver.device.readConfig(52, 4)).isEqualTo(16);
    assertThat(guest.driver.device.readConfig(56, 1)).isEqualTo(1); // write_zeroes_may_unmap
  }

  @Test
  void behindTheLastField_isAllOnes() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    assertThat(guest.driver.device.readConfig(60, 4)).isEqualTo(-1);
    assertThat(guest.driver.device.readConfig(59, 2)).isEqualTo(-1);
    assertThat(guest.driver.device.readConfig(Integer.MAX_VALUE, 8)).isEqualTo(-1);
    assertThat(guest.driver.device.readConfig(59, 1)).isZero();
  }

  @Test
  void features_areThoseOfTheDisk() {
    assertThat(guest(VirtioBlockConfig.DEFAULT).model.features()).isEqualTo(0x6E54);
    assertThat(guest(VirtioBlockConfig.DEFAULT.withQueues(2, 4)).model.features())
        .isEqualTo(0x7E54);
    assertThat(
            guest(VirtioBlockConfig.DEFAULT.withRanges(BlockRanges.DEFAULT.with(false, true)))
                .model
                .features())
        .isEqualTo(0x4E54);
    disk.readOnly = true;
    assertThat(guest(VirtioBlockConfig.DEFAULT).model.features()).isEqualTo(0x0E74);
  }

  @Test
  void driver_switchesTheWriteCache() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.run(RequestType.OUT, 0, SECTOR);
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.run(RequestType.OUT, 1, SECTOR);
    assertThat(guest.driver.device.readConfig(WRITEBACK, 1)).isZero();
    guest.driver.device.writeConfig(WRITEBACK, 1, 1);
    guest.run(RequestType.OUT, 2, SECTOR);

    assertThat(disk.log)
        .containsExactly("WRITE 0+1", "FLUSH 0+0", "WRITE 1+1 durable", "WRITE 2+1");
  }

  /** Or a write that is told to be stable would come before those that were not. */
  @Test
  void cacheThatIsSwitchedOff_isEmptiedBeforeAnythingElseBegins() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.run(RequestType.OUT, 0, SECTOR);
    disk.later = true;
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.driver.runner.runUntilIdle(); // the driver need not ask for anything
    assertThat(disk.log).containsExactly("WRITE 0+1", "FLUSH 0+0");

    guest.add(0, RequestType.OUT, 1, SECTOR);
    guest.kick();
    assertThat(disk.begun).hasSize(1);
    disk.complete(0);
    guest.driver.runner.runUntilIdle();
    assertThat(disk.log).containsExactly("WRITE 0+1", "FLUSH 0+0", "WRITE 1+1 durable");
    disk.complete(0);
    assertThat(guest.take()).isNotNull();
  }

  @Test
  void flushOfASwitchedCacheThatFails_isTheMachinesToKnow() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.run(RequestType.OUT, 0, SECTOR);
    disk.errno = 5;
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.driver.runner.runUntilIdle();

    assertThat(guest.failures)
        .containsExactly(
            new BlockGuest.Failure(BlockOperation.FLUSH, 5, ErrorPolicy.Action.REPORT));
    disk.errno = 0;
    assertThat(guest.run(RequestType.OUT, 1, SECTOR)).isZero();
  }

  @Test
  void resetWhileACacheIsEmptied_leavesADeviceThatServes() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.run(RequestType.OUT, 0, SECTOR);
    disk.later = true;
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.driver.runner.runUntilIdle();
    guest.driver.device.status(0);
    assertThat(guest.driver.device.status()).isZero();
    guest.queue = guest.driver.bringUp();
    guest.add(0, RequestType.OUT, 1, SECTOR);
    guest.kick();
    disk.complete(0);
    guest.driver.runner.runUntilIdle();
    disk.complete(0);

    assertThat(guest.take()).isNotNull();
    assertThat(disk.log).containsExactly("WRITE 0+1", "FLUSH 0+0", "WRITE 1+1");
  }

  @Test
  void cacheThatCanNotBeSwitched_isNotOfferedAndStays() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT.withWriteCache(new WriteCache(true, false)));
    assertThat(guest.model.features() & BlockFeatures.CONFIG_WCE).isZero();
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.driver.device.status(0);
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    assertThat(guest.driver.device.readConfig(WRITEBACK, 1)).isEqualTo(1);
  }

  @Test
  void wishes_areInTheConfiguration() {
    BlockRanges ranges = new BlockRanges(true, true, 1 << 20, 2048, 8);
    BlockGuest guest =
        guest(
            VirtioBlockConfig.DEFAULT
                .withTopology(new BlockTopology(4096, 4096, 65536, 1 << 20))
                .withRanges(ranges));
    assertThat(guest.driver.device.readConfig(26, 2)).isEqualTo(16);
    assertThat(guest.driver.device.readConfig(28, 4)).isEqualTo(256);
    assertThat(guest.driver.device.readConfig(36, 4)).isEqualTo(2048);
    assertThat(guest.driver.device.readConfig(44, 4)).isEqualTo(2048);
    assertThat(guest.driver.device.readConfig(48, 4)).isEqualTo(8);
    assertThat(guest.run(RequestType.WRITE_ZEROES, 0, guest.ranges(0, 8, 0))).isZero();
    assertThat(guest.run(RequestType.WRITE_ZEROES, 0, guest.ranges(0, 16, 0)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(guest.run(RequestType.DISCARD, 0, guest.ranges(0, 16, 0))).isZero();
  }

  @Test
  void reset_bringsTheWriteCacheBack() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT.withWriteCache(new WriteCache(false, true)));
    assertThat(guest.driver.device.readConfig(WRITEBACK, 1)).isZero();
    guest.driver.device.writeConfig(WRITEBACK, 1, 1);
    guest.driver.device.status(0);

    assertThat(guest.driver.device.readConfig(WRITEBACK, 1)).isZero();
    guest.queue = guest.driver.bringUp();
    guest.run(RequestType.OUT, 0, SECTOR);
    assertThat(disk.log).containsExactly("WRITE 0+1 durable");
  }

  /** Section 3.1.1 lets a driver write the configuration before it is ready. */
  @Test
  void driver_maySwitchBeforeItIsReady() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.driver.device.status(0);
    guest.driver.negotiate(guest.driver.offered());
    guest.queue = guest.driver.enable(0);
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.driver.driverOk();
    guest.run(RequestType.OUT, 0, SECTOR);

    assertThat(disk.log).containsExactly("WRITE 0+1 durable");
  }

  @Test
  void driverThatCantFlush_getsNoWriteCache() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.restart(Features.VERSION_1 | Features.EVENT_IDX);
    guest.driver.device.writeConfig(WRITEBACK, 1, 1);
    guest.run(RequestType.OUT, 0, SECTOR);
    guest.restart(Features.VERSION_1 | Features.EVENT_IDX | BlockFeatures.CONFIG_WCE);
    guest.driver.device.writeConfig(WRITEBACK, 1, 1);
    guest.run(RequestType.OUT, 1, SECTOR);

    assertThat(disk.log).containsExactly("WRITE 0+1 durable", "WRITE 1+1 durable");
  }

  @Test
  void driverThatDoesNotKnowTheField_canNotWriteIt() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    guest.restart(Features.VERSION_1 | Features.EVENT_IDX | BlockFeatures.FLUSH);
    guest.driver.device.writeConfig(WRITEBACK, 1, 0);
    guest.run(RequestType.OUT, 0, SECTOR);

    assertThat(disk.log).containsExactly("WRITE 0+1");
  }

  @Test
  void restOfTheConfiguration_canNotBeWritten() {
    BlockGuest guest = guest(VirtioBlockConfig.DEFAULT);
    for (int offset = 0; offset < 64; offset++) {
      guest.driver.device.writeConfig(offset, 4, 0);
      guest.driver.device.writeConfig(offset, 8, 0);
    }
    assertThat(guest.driver.device.readConfig(0, 8)).isEqualTo(256);
    assertThat(guest.driver.device.readConfig(WRITEBACK, 1)).isEqualTo(1);
  }

  @Test
  void config_refusesWhatNoDriverCouldUse() {
    VirtioBlockConfig good = VirtioBlockConfig.DEFAULT;
    assertThatThrownBy(() -> good.withQueues(0, 256))
        .isInstanceOf(ConfigException.class)
        .hasMessage("num-queues 0: give 1 to 1024");
    assertThatThrownBy(() -> good.withQueues(1025, 256)).hasMessageContaining("num-queues");
    assertThatThrownBy(() -> good.withQueues(1, 2))
        .hasMessage("queue-size 2: give a power of two from 4 to 1024");
    assertThatThrownBy(() -> good.withQueues(1, 100)).hasMessageContaining("queue-size 100");
    assertThatThrownBy(() -> good.withQueues(1, 2048)).hasMessageContaining("queue-size 2048");
    assertThatThrownBy(() -> good.withBlocks(256, 512)).hasMessageContaining("logical_block_size");
    assertThatThrownBy(() -> good.withBlocks(512, 4 << 20))
        .hasMessageContaining("physical_block_size");
    assertThatThrownBy(() -> good.withBlocks(4096, 512))
        .hasMessage(
            "logical_block_size 4096: larger than physical_block_size=512; give that or less");
    assertThatThrownBy(() -> good.withTopology(new BlockTopology(4096, 4096, 512, 0)))
        .hasMessage(
            "min_io_size 512: give a multiple of logical_block_size=4096, up to 65535 of them");
    assertThatThrownBy(() -> good.withTopology(new BlockTopology(512, 512, 65536 * 512, 0)))
        .hasMessageContaining("min_io_size 33554432: ");
    assertThatThrownBy(() -> good.withTopology(new BlockTopology(512, 512, 0, 100)))
        .hasMessageContaining("opt_io_size 100: ");
    assertThatThrownBy(() -> good.withRanges(new BlockRanges(true, true, 100, 1, 1)))
        .hasMessage("discard_granularity 100: give a multiple of logical_block_size=512");
    assertThatThrownBy(() -> new BlockRanges(true, true, 0, 0, 1))
        .hasMessage("max-discard-sectors 0: give 1 to 4194304");
    assertThatThrownBy(() -> new BlockRanges(true, true, 0, 1, 4194305))
        .hasMessage("max-write-zeroes-sectors 4194305: give 1 to 4194304");
    assertThatThrownBy(() -> good.withSerial("123456789012345678901"))
        .hasMessageContaining("up to 20 characters");
    assertThatThrownBy(() -> good.withSerial("\u00e9")).hasMessageContaining("ASCII");
  }
}

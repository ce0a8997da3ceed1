package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.BlockOperation;
import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.block.ErrorPolicy.Action;
import dev.jvmm.virtio.block.BlockGuest.Failure;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import org.junit.jupiter.api.Test;

/** What becomes of requests that the host fails. */
class VirtioBlockErrorsTest {

  private static final int EIO = 5;
  private static final int ENOSPC = 28;
  private static final Piece SECTOR_IN = Piece.writable(BlockGuest.DATA, 512);
  private static final Piece SECTOR_OUT = Piece.readable(BlockGuest.DATA, 512);

  private final MemoryBackend disk = new MemoryBackend();

  private BlockGuest guest(String rerror, String werror) {
    return new BlockGuest(VirtioBlockConfig.DEFAULT, ErrorPolicy.of(rerror, werror), disk);
  }

  @Test
  void report_tellsTheGuest() {
    BlockGuest guest = guest("auto", "auto");
    disk.errno = EIO;
    disk.readErrno = EIO;

    assertThat(guest.run(RequestType.OUT, 0, SECTOR_OUT)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.run(RequestType.IN, 0, SECTOR_IN)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.failures)
        .containsExactly(
            new Failure(BlockOperation.WRITE, EIO, Action.REPORT),
            new Failure(BlockOperation.READ, EIO, Action.REPORT));
  }

  @Test
  void flush_failsWhenTheHostsDoes() {
    BlockGuest guest = guest("auto", "auto");
    disk.errno = EIO;
    assertThat(guest.run(RequestType.FLUSH, 0)).isEqualTo(RequestType.S_IOERR);
    disk.errno = 0;
    assertThat(guest.run(RequestType.FLUSH, 0)).isEqualTo(RequestType.S_OK);
  }

  @Test
  void ignore_tellsTheGuestThatAllIsWell() {
    BlockGuest guest = guest("ignore", "ignore");
    disk.errno = ENOSPC;
    disk.readErrno = EIO;

    assertThat(guest.run(RequestType.OUT, 0, SECTOR_OUT)).isZero();
    assertThat(guest.run(RequestType.IN, 0, SECTOR_IN)).isZero();
    assertThat(guest.run(RequestType.DISCARD, 0, guest.ranges(0, 1, 0, 1, 1, 0))).isZero();
    assertThat(disk.log).endsWith("DISCARD 0+1", "DISCARD 1+1");
  }

  @Test
  void fullDisk_keepsTheRequestUntilTheMachineGoesOn() {
    BlockGuest guest = guest("auto", "auto");
    disk.errno = ENOSPC;
    guest.fill(BlockGuest.DATA, 512, 3);
    guest.add(0, RequestType.OUT, 5, SECTOR_OUT);
    guest.kick();

    assertThat(guest.failures)
        .containsExactly(new Failure(BlockOperation.WRITE, ENOSPC, Action.STOP));
    assertThat(guest.take()).isNull();
    guest.model.retry(); // still full
    guest.driver.runner.runUntilIdle();
    assertThat(guest.failures).hasSize(2);
    assertThat(guest.take()).isNull();

    disk.errno = 0;
    guest.model.retry();
    guest.driver.runner.runUntilIdle();
    assertThat(guest.take()).isEqualTo(new Used(0, 1));
    assertThat(guest.statusOf(0)).isZero();
    assertThat(disk.bytes[5 * 512]).isEqualTo((byte) 3);
    assertThat(guest.driver.usedInterrupts).isEqualTo(1);
    guest.model.retry();
    guest.driver.runner.runUntilIdle();
    assertThat(guest.take()).isNull();
  }

  @Test
  void stop_keepsEachRequestInItsOrder() {
    BlockGuest guest = guest("stop", "stop");
    disk.errno = EIO;
    disk.readErrno = EIO;
    guest.add(0, RequestType.OUT, 0, SECTOR_OUT);
    guest.add(1, RequestType.IN, 1, SECTOR_IN);
    guest.add(2, RequestType.FLUSH, 0);
    guest.add(3, RequestType.DISCARD, 0, guest.ranges(3, 1, 0, 4, 1, 0));
    guest.kick();
    assertThat(guest.take()).isNull();
    assertThat(guest.failures).hasSize(4);
    disk.errno = 0;
    disk.readErrno = 0;
    disk.log.clear();
    guest.model.retry();
    guest.driver.runner.runUntilIdle();

    assertThat(disk.log)
        .containsExactly("WRITE 0+1", "READ 1+1", "FLUSH 0+0", "DISCARD 3+1", "DISCARD 4+1");
    for (int i = 0; i < 4; i++) {
      assertThat(guest.take()).isNotNull();
      assertThat(guest.statusOf(i)).isZero();
    }
  }

  @Test
  void reset_forgetsWhatIsHeld() {
    BlockGuest guest = guest("auto", "auto");
    disk.errno = ENOSPC;
    guest.add(0, RequestType.OUT, 0, SECTOR_OUT);
    guest.kick();
    byte[] rings = guest.read(0x1_0000, 0x2000);
    guest.driver.device.status(0);

    assertThat(guest.driver.device.status()).isZero();
    assertThat(guest.read(0x1_0000, 0x2000)).isEqualTo(rings);
    guest.model.retry();
    guest.driver.runner.runUntilIdle();
    assertThat(disk.log).hasSize(1);
    disk.errno = 0;
    guest.queue = guest.driver.bringUp();
    assertThat(guest.run(RequestType.OUT, 0, SECTOR_OUT)).isZero();
    assertThat(disk.log).hasSize(2);
  }

  @Test
  void driversMistakes_areNoFailuresOfTheHost() {
    BlockGuest guest = guest("stop", "stop");
    assertThat(guest.run(RequestType.OUT, 1L << 40, SECTOR_OUT)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.run(RequestType.DISCARD, 0, guest.ranges(999, 1, 0)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(guest.failures).isEmpty();
  }

  /** A disk that was closed under a running device. */
  @Test
  void closedDisk_isAnError() {
    BlockGuest guest = guest("auto", "auto");
    disk.errno = 9;
    disk.readErrno = 9;
    assertThat(guest.run(RequestType.IN, 0, SECTOR_IN)).isEqualTo(RequestType.S_IOERR);
  }
}

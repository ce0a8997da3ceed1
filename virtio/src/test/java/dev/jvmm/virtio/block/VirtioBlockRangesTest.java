package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.block.ErrorPolicy;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** DISCARD and WRITE_ZEROES (virtio 1.2, 5.2.6.2). */
class VirtioBlockRangesTest {

  private static final int UNMAP = 1;

  private final BlockGuest guest = new BlockGuest();

  private int discard(long... ranges) {
    return guest.run(RequestType.DISCARD, 0, guest.ranges(ranges));
  }

  private int clear(long... ranges) {
    return guest.run(RequestType.WRITE_ZEROES, 0, guest.ranges(ranges));
  }

  @Test
  void ranges_areDoneInTheirOrder() {
    assertThat(discard(1, 2, 0, 100, 156, 0)).isEqualTo(RequestType.S_OK);
    assertThat(clear(0, 8, UNMAP, 8, 8, 0)).isEqualTo(RequestType.S_OK);

    assertThat(guest.backend.log)
        .containsExactly(
            "DISCARD 1+2", "DISCARD 100+156", "WRITE_ZEROES 0+8 unmap", "WRITE_ZEROES 8+8");
  }

  @Test
  void usedLength_isTheStatusAlone() {
    guest.add(0, RequestType.WRITE_ZEROES, 0, guest.ranges(0, 1, 0, 1, 1, 0));
    guest.kick();

    assertThat(guest.take()).isEqualTo(new Used(0, 1));
    assertThat(guest.driver.usedInterrupts).isEqualTo(1);
  }

  @Test
  void mostRanges_areTaken_andOneMoreIsNot() {
    long[] most = LongStream.range(0, 3L * 16).map(i -> i % 3 == 1 ? 1 : 0).toArray();
    long[] more = LongStream.range(0, 3L * 17).map(i -> i % 3 == 1 ? 1 : 0).toArray();

    assertThat(discard(most)).isEqualTo(RequestType.S_OK);
    assertThat(guest.backend.log).hasSize(16);
    assertThat(discard(more)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.backend.log).hasSize(16);
  }

  @Test
  void oneBadRange_isSaidBeforeAnyIsBegun() {
    assertThat(discard(0, 1, 0, 256, 1, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(discard(0, 1, 0, 255, 2, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(discard(0, 1, 0, -1, 1, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(clear(0, 1, 0, Long.MAX_VALUE, 2, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(clear(0, 1, 0, 0, 0xFFFF_FFFFL, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.backend.log).isEmpty();
  }

  @Test
  void unknownFlags_areUnsupported() {
    assertThat(discard(0, 1, UNMAP)).isEqualTo(RequestType.S_UNSUPP);
    assertThat(discard(0, 1, 2)).isEqualTo(RequestType.S_UNSUPP);
    assertThat(clear(0, 1, 0, 1, 1, 2 | UNMAP)).isEqualTo(RequestType.S_UNSUPP);
    assertThat(guest.backend.log).isEmpty();
  }

  @Test
  void partsOfRanges_areAnError() {
    assertThat(guest.run(RequestType.DISCARD, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.run(RequestType.DISCARD, 0, Piece.readable(BlockGuest.DATA, 15)))
        .isEqualTo(RequestType.S_IOERR);
    assertThat(guest.run(RequestType.WRITE_ZEROES, 0, Piece.readable(BlockGuest.DATA, 24)))
        .isEqualTo(RequestType.S_IOERR);
  }

  @Test
  void failure_endsTheRequest() {
    guest.backend.errno = 5;

    assertThat(discard(0, 1, 0, 1, 1, 0)).isEqualTo(RequestType.S_IOERR);
    assertThat(guest.backend.log).containsExactly("DISCARD 0+1");
  }

  @Test
  void whatIsSwitchedOff_isUnsupported() {
    BlockGuest plain =
        new BlockGuest(
            VirtioBlockConfig.DEFAULT.withRanges(BlockRanges.DEFAULT.with(false, false)),
            ErrorPolicy.DEFAULT,
            new MemoryBackend());

    assertThat(plain.run(RequestType.DISCARD, 0, plain.ranges(0, 1, 0)))
        .isEqualTo(RequestType.S_UNSUPP);
    assertThat(plain.run(RequestType.WRITE_ZEROES, 0, plain.ranges(0, 1, 0)))
        .isEqualTo(RequestType.S_UNSUPP);
  }

  @Test
  void resetBetweenTwoRanges_beginsNoOther() {
    guest.backend.later = true;
    guest.add(0, RequestType.DISCARD, 0, guest.ranges(0, 1, 0, 1, 1, 0));
    guest.kick();
    guest.driver.device.status(0);
    guest.backend.complete(0);

    assertThat(guest.driver.device.status()).isZero();
    assertThat(guest.backend.log).containsExactly("DISCARD 0+1");
  }
}

package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames from the network into the driver's buffers. */
class VirtioNetReceiveTest {

  private static final MacAddress MAC = NetGuest.MAC;

  private final NetGuest guest = new NetGuest();

  /** The frame alone: the header's num_buffers is the device's. */
  private static byte[] body(byte[] withHeader) {
    return Arrays.copyOfRange(withHeader, NetGuest.HEADER, withHeader.length);
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 60, 1514, 2036, 2037, 9014, 65553})
  void frame_arrivesWhole(int bytes) {
    guest.fill(40);
    byte[] frame = NetGuest.frame(MAC, bytes);

    guest.arrive(frame);

    assertThat(body(guest.received())).isEqualTo(body(frame));
    assertThat(guest.receive.take()).isNull();
  }

  @Test
  void frame_saysHowManyBuffersItFills() {
    guest.fill(40);
    guest.arrive(NetGuest.frame(MAC, 5000));
    assertThat(guest.read(NetGuest.RECEIVE + 10, 2)).containsExactly(3, 0);
  }

  @Test
  void frames_comeInOrderAndInterruptOnce() {
    guest.fill(8);
    guest.arrive(NetGuest.frame(MAC, 100), NetGuest.frame(MAC, 3000), NetGuest.frame(MAC, 200));

    assertThat(guest.received()).hasSize(NetGuest.HEADER + 100);
    assertThat(guest.received()).hasSize(NetGuest.HEADER + 3000);
    assertThat(guest.received()).hasSize(NetGuest.HEADER + 200);
    assertThat(guest.driver.usedInterrupts).isEqualTo(1);
  }

  @Test
  void withoutBuffers_theNetworkIsNotLookedAtUntilThereAreSome() {
    byte[] frame = NetGuest.frame(MAC, 100);
    guest.arrive(frame);
    assertThat(guest.line().in).hasSize(1);
    assertThat(guest.line().readable).isNull();
    assertThat(guest.numbers().starved()).isPositive();

    guest.fill(1);

    assertThat(guest.line().in).isEmpty();
    assertThat(body(guest.received())).isEqualTo(body(frame));
  }

  @Test
  void longFrame_waitsForTheRestOfItsBuffers() {
    guest.fill(1);
    byte[] frame = NetGuest.frame(MAC, 4000);
    guest.arrive(frame, NetGuest.frame(MAC, 64));
    assertThat(guest.receive.hasUsed()).isFalse();
    assertThat(guest.line().in).hasSize(1);

    guest.receive.add(Piece.writable(NetGuest.RECEIVE + 2048, 2048));
    guest.receive.add(Piece.writable(NetGuest.RECEIVE + 4096, 2048));
    guest.fill(0);

    assertThat(body(guest.received())).isEqualTo(body(frame));
    assertThat(guest.received()).hasSize(NetGuest.HEADER + 64);
  }

  @Test
  void reset_forgetsTheFrameThatWaits() {
    guest.fill(1);
    guest.arrive(NetGuest.frame(MAC, 4000));

    guest.driver.device.status(0);
    guest.driver.negotiate(guest.driver.offered());
    guest.start(1);
    guest.fill(4);
    guest.arrive(NetGuest.frame(MAC, 64));

    assertThat(guest.received()).hasSize(NetGuest.HEADER + 64);
    assertThat(guest.receive.take()).isNull();
  }

  @Test
  void reset_leavesTheNetworkAlone() {
    guest.fill(4);
    assertThat(guest.line().readable).isNotNull();
    guest.driver.device.status(0);
    assertThat(guest.line().readable).isNull();
  }

  @Test
  void withoutMerging_aFrameHasOneBuffer() {
    NetGuest plain = new NetGuest(NetFeatures.MRG_RXBUF);
    plain.fill(2);

    plain.arrive(NetGuest.frame(MAC, 2000));

    assertThat(plain.read(NetGuest.RECEIVE + 10, 2)).containsExactly(1, 0);
    assertThat(plain.received()).hasSize(NetGuest.HEADER + 2000);
  }

  @Test
  void withoutMerging_aFrameThatIsTooLongIsDroppedAndCounted() {
    NetGuest plain = new NetGuest(NetFeatures.MRG_RXBUF);
    plain.fill(2);

    plain.arrive(NetGuest.frame(MAC, 2037), NetGuest.frame(MAC, 100));

    assertThat(plain.numbers().receiveDropped()).isEqualTo(1);
    assertThat(plain.received()).hasSize(NetGuest.HEADER + 100);
    assertThat(plain.receive.take()).isNull();
  }

  @Test
  void buffersOfCrumbs_areFilled() {
    for (int i = 0; i < 40; i++) {
      long at = NetGuest.RECEIVE + 64L * i;
      guest.receive.add(
          Piece.writable(at, 3),
          Piece.writable(at + 3, 8),
          Piece.writable(at + 11, 1),
          Piece.writable(at + 12, 13));
    }
    guest.fill(0);
    byte[] frame = NetGuest.frame(MAC, 100);

    guest.arrive(frame);

    assertThat(guest.read(NetGuest.RECEIVE + 10, 2)).containsExactly(5, 0); // 112 in pieces of 25
    assertThat(guest.read(NetGuest.RECEIVE + 12, 13)).isEqualTo(Arrays.copyOfRange(frame, 12, 25));
    assertThat(guest.receive.take()).isNotNull();
  }

  @Test
  void frameThatNoNumberOfCrumbsHolds_isDroppedAndCounted() {
    for (int i = 0; i < 5; i++) {
      Piece[] crumbs = new Piece[256];
      Arrays.fill(crumbs, Piece.writable(NetGuest.RECEIVE, 1));
      guest.receive.addIndirect(NetGuest.SEND + 0x1000L * i, crumbs);
    }
    guest.fill(0);

    guest.arrive(NetGuest.frame(MAC, 2000), NetGuest.frame(MAC, 100));

    assertThat(guest.numbers().receiveDropped()).isEqualTo(1);
    assertThat(guest.receive.take()).isNotNull().extracting("length").isEqualTo(112);
    assertThat(guest.receive.take()).isNull();
  }

  @Test
  void buffersTooSmallForAHeader_goBackAndAreCounted() {
    guest.receive.add(Piece.writable(NetGuest.RECEIVE, NetGuest.HEADER));
    guest.fill(0);
    guest.arrive(NetGuest.frame(MAC, 100));

    assertThat(guest.receive.take()).isNotNull().extracting("length").isEqualTo(0);
    assertThat(guest.numbers().malformed()).isEqualTo(1);
  }

  @Test
  void aNetworkThatFails_isCounted() {
    guest.fill(4);
    guest.line().broken = true;
    guest.line().in.add(new byte[60]);

    guest.line().tellReadable();

    assertThat(guest.numbers().receiveLost()).isEqualTo(1);
    assertThat(guest.receive.hasUsed()).isFalse();
  }

  @Test
  void flood_isTakenInBatches() {
    guest.fill(128);
    guest.line().endless = NetGuest.HEADER + 60;

    guest.line().tellReadable();

    assertThat(guest.line().received).isEqualTo(64);
  }

  @Test
  void link_downDropsWhatComes() {
    guest.fill(4);
    guest.model.link(false);
    guest.arrive(NetGuest.frame(MAC, 100));

    assertThat(guest.receive.hasUsed()).isFalse();
    assertThat(guest.numbers().receiveDropped()).isEqualTo(1);
    assertThat(guest.driver.configInterrupts).isEqualTo(1);
    assertThat(guest.driver.device.readConfig(6, 2)).isZero();
  }
}

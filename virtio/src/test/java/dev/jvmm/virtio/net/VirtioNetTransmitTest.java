package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.VirtioRecording;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Frames from the driver to the network, honest and hostile ones. */
class VirtioNetTransmitTest {

  private static final int FLAGS = 0;
  private static final int GSO_TYPE = 1;
  private static final int GSO_SIZE = 4;
  private static final int CSUM_START = 6;
  private static final int CSUM_OFFSET = 8;

  private final NetGuest guest = new NetGuest();

  private static byte[] frame(int bytes) {
    return NetGuest.frame(NetGuest.MAC, bytes);
  }

  private static byte[] segments(int type, int size) {
    byte[] frame = frame(4000);
    frame[FLAGS] = 1;
    frame[GSO_TYPE] = (byte) type;
    frame[GSO_SIZE] = (byte) size;
    frame[GSO_SIZE + 1] = (byte) (size >> 8);
    frame[CSUM_START] = 34;
    frame[CSUM_OFFSET] = 16;
    return frame;
  }

  @ParameterizedTest
  @ValueSource(ints = {14, 1514, 9014, 65553})
  void frame_leavesWhole(int bytes) {
    guest.send(frame(bytes));
    assertThat(guest.line().out).containsExactly(frame(bytes));
    assertThat(guest.transmit.take()).isNotNull();
  }

  @Test
  void frame_leavesWholeHoweverItIsCut() {
    guest.send(frame(200), 3, 12, 13, 100);
    guest.send(frame(200), 5, 100);
    assertThat(guest.line().out).containsExactly(frame(200), frame(200));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 13, 65554, 70000})
  void length_thatNoFrameHasIsDroppedAndCounted(int bytes) {
    guest.send(frame(Math.max(bytes, 14)), 12 + bytes);
    guest.transmit.take();
    int before = guest.line().out.size();
    guest.driver.memory.write(NetGuest.SEND, frame(14));
    guest.transmit.add(Piece.readable(NetGuest.SEND, 12 + bytes));
    guest.kick();

    assertThat(guest.transmit.take()).isNotNull();
    assertThat(guest.line().out).hasSize(before);
    assertThat(guest.numbers().malformed()).isPositive();
  }

  @Test
  void request_shorterThanItsHeaderIsDropped() {
    guest.transmit.add(Piece.readable(NetGuest.SEND, 5));
    guest.kick();
    assertThat(guest.line().out).isEmpty();
    assertThat(guest.numbers().malformed()).isEqualTo(1);
    assertThat(guest.transmit.take()).isNotNull();
  }

  @ParameterizedTest
  @CsvSource({"1,1448", "4,1428", "129,1448", "132,1"})
  void segments_goToWhoCutsThem(int type, int size) {
    guest.send(segments(type, size));
    assertThat(guest.line().out).containsExactly(segments(type, size));
  }

  @ParameterizedTest
  @CsvSource({"1,0", "2,1448", "3,1448", "5,1448", "128,1448", "255,1448"})
  void segments_thatMakeNoSenseAreDropped(int type, int size) {
    guest.send(segments(type, size));
    assertThat(guest.line().out).isEmpty();
    assertThat(guest.numbers().malformed()).isEqualTo(1);
  }

  @Test
  void segments_needAnOpenChecksum() {
    byte[] frame = segments(1, 1448);
    frame[FLAGS] = 0;
    guest.send(frame);
    assertThat(guest.line().out).isEmpty();
  }

  @Test
  void segments_thatWereNotNegotiatedAreDropped() {
    NetGuest plain = new NetGuest(NetFeatures.HOST_TSO4);
    plain.send(segments(1, 1448));
    plain.send(segments(4, 1428));
    assertThat(plain.line().out).containsExactly(segments(4, 1428));
  }

  @Test
  void checksum_thatWasNotNegotiatedIsDropped() {
    NetGuest plain = new NetGuest(NetFeatures.CSUM);
    byte[] frame = frame(100);
    frame[FLAGS] = 1;
    plain.send(frame);
    assertThat(plain.line().out).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"98,0,0", "97,0,0", "99,0,1", "65535,65535,1", "0,98,0", "0,99,1"})
  void checksum_liesInsideOfTheFrame(int start, int offset, int dropped) {
    byte[] frame = frame(100);
    frame[FLAGS] = 1;
    frame[CSUM_START] = (byte) start;
    frame[CSUM_START + 1] = (byte) (start >> 8);
    frame[CSUM_OFFSET] = (byte) offset;
    frame[CSUM_OFFSET + 1] = (byte) (offset >> 8);
    guest.send(frame);
    assertThat(guest.numbers().malformed()).isEqualTo(dropped);
    assertThat(guest.line().out).hasSize(1 - dropped);
  }

  @Test
  void header_isWhatWasCheckedThoughTheGuestChangesIt() {
    guest.line().room = 0;
    guest.send(segments(1, 1448));
    guest.driver.memory.write(NetGuest.SEND, new byte[] {0, 77});
    guest.line().room = 1;
    guest.line().tellWritable();
    assertThat(guest.line().out).containsExactly(segments(1, 1448));
  }

  @Test
  void fullNetwork_isWaitedForAndNothingMoreIsTaken() {
    guest.line().room = 1;
    guest.add(frame(100));
    guest.add(frame(100));
    guest.add(frame(100));
    guest.kick();
    assertThat(guest.line().out).hasSize(1);
    assertThat(guest.numbers().blocked()).isEqualTo(1);
    assertThat(guest.line().writable).isNotNull();

    guest.line().room = 2;
    guest.line().tellWritable();
    guest.driver.runner.runUntilIdle();

    assertThat(guest.line().out).hasSize(3);
    assertThat(guest.line().writable).isNull();
    assertThat(guest.transmit.take()).isNotNull();
    assertThat(guest.transmit.take()).isNotNull();
    assertThat(guest.transmit.take()).isNotNull();
  }

  @Test
  void reset_forgetsTheFrameThatWaits() {
    guest.line().room = 0;
    guest.send(frame(100));
    guest.driver.device.status(0);
    guest.line().room = 10;

    assertThat(guest.line().writable).isNull();
    guest.driver.negotiate(guest.driver.offered());
    guest.start(1);
    guest.send(frame(60));
    assertThat(guest.line().out).containsExactly(frame(60));
  }

  @Test
  void frameThatTheNetworkRefuses_goesBackAndIsCounted() {
    guest.line().broken = true;
    guest.send(frame(100));
    assertThat(guest.transmit.take()).isNotNull();
    assertThat(guest.numbers().sendLost()).isEqualTo(1);
  }

  @Test
  void link_downDropsWhatIsSent() {
    guest.model.link(false);
    guest.send(frame(100));
    guest.model.link(true);
    guest.send(frame(60));
    assertThat(guest.line().out).containsExactly(frame(60));
    assertThat(guest.numbers().sendDropped()).isEqualTo(1);
  }

  @Test
  void numBuffers_isNotPassedOn() {
    byte[] frame = frame(60);
    frame[10] = 7;
    guest.send(frame);
    assertThat(Arrays.copyOf(guest.line().out.getFirst(), 12)).containsOnly(0);
  }

  @Test
  void flood_isSentInBatches() {
    for (int i = 0; i < 100; i++) {
      guest.add(frame(60));
    }
    guest.transmit.publish();
    guest.driver.device.notifyQueue(1);
    guest.driver.runner.runEachOnce();
    assertThat(guest.line().out).hasSize(64);
    guest.driver.runner.runUntilIdle();
    assertThat(guest.line().out).hasSize(100);
  }

  @Test
  void recording_tellsOfFramesOfBothWays() throws IOException {
    guest.fill(4);
    List<RecordedEvent> events =
        VirtioRecording.of(
            "dev.jvmm.NetworkTransfer",
            () -> {
              guest.send(frame(100));
              guest.arrive(NetGuest.frame(NetGuest.MAC, 60), NetGuest.frame(NetGuest.MAC, 70));
            });

    assertThat(events).extracting(event -> event.getBoolean("sent")).containsExactly(true, false);
    assertThat(events).extracting(event -> event.getLong("frames")).containsExactly(1L, 2L);
    assertThat(events)
        .extracting(event -> event.getLong("bytes"))
        .containsExactly(112L, 130L + 2 * NetGuest.HEADER);
  }
}

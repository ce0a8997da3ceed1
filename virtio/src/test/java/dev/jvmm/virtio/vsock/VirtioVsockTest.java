package dev.jvmm.virtio.vsock;

import static dev.jvmm.virtio.vsock.PacketHeader.CREDIT_REQUEST;
import static dev.jvmm.virtio.vsock.PacketHeader.CREDIT_UPDATE;
import static dev.jvmm.virtio.vsock.PacketHeader.REQUEST;
import static dev.jvmm.virtio.vsock.PacketHeader.RESPONSE;
import static dev.jvmm.virtio.vsock.PacketHeader.RST;
import static dev.jvmm.virtio.vsock.PacketHeader.RW;
import static dev.jvmm.virtio.vsock.PacketHeader.SHUTDOWN;
import static dev.jvmm.virtio.vsock.PacketHeader.WONT_RECEIVE;
import static dev.jvmm.virtio.vsock.PacketHeader.WONT_SEND;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.vsock.VsockGuest.Packet;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Connections as an honest guest has them. */
class VirtioVsockTest {

  private final VsockGuest guest = new VsockGuest();

  private Packet packet() {
    return Objects.requireNonNull(guest.take());
  }

  private static byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) (i * 7 + i / 256);
    }
    return bytes;
  }

  @Test
  void guestThatConnects_isAnsweredWithTheHostsCredit() {
    guest.host.ports.add(VsockGuest.HOST_PORT);
    guest.send(REQUEST, 0);
    Packet answer = packet();
    assertThat(answer.op()).isEqualTo(RESPONSE);
    assertThat(answer.from()).isEqualTo(2);
    assertThat(answer.to()).isEqualTo(VsockGuest.CID);
    assertThat(answer.hostPort()).isEqualTo(VsockGuest.HOST_PORT);
    assertThat(answer.guestPort()).isEqualTo(VsockGuest.PORT);
    assertThat(answer.credit()).isEqualTo(Connection.BUFFER_BYTES);
    assertThat(guest.takeOp()).isZero();
  }

  @Test
  void portWhereNobodyListens_isReset() {
    guest.send(REQUEST, 0);
    assertThat(guest.takeOp()).isEqualTo(RST);
  }

  @Test
  void bytes_goBothWays() {
    FakeHost.Stream stream = guest.connect();
    guest.send(RW, 0, bytes(1000));
    guest.send(RW, 0, bytes(10));
    assertThat(stream.toHost.toByteArray()).hasSize(1010).startsWith(bytes(1000));
    stream.arrive(bytes(100));
    Packet packet = packet();
    assertThat(packet.op()).isEqualTo(RW);
    assertThat(packet.data()).isEqualTo(bytes(100));
    assertThat(packet.forwarded()).isEqualTo(1010);
    assertThat(guest.takeOp()).isZero();
  }

  @Test
  void hostThatConnects_isToldWhenTheGuestAccepts() {
    FakeHost.Stream stream = guest.host.connectTo(VsockGuest.PORT);
    stream.arrive(bytes(5));
    Packet request = packet();
    assertThat(request.op()).isEqualTo(REQUEST);
    assertThat(request.guestPort()).isEqualTo(VsockGuest.PORT);
    assertThat(request.hostPort()).isGreaterThanOrEqualTo(1 << 30);
    assertThat(guest.takeOp()).isZero();
    assertThat(stream.acceptedAs).isZero();
    guest.send(RESPONSE, VsockGuest.PORT, request.hostPort(), 0);
    assertThat(stream.acceptedAs).isEqualTo(request.hostPort());
    assertThat(packet().data()).isEqualTo(bytes(5));
  }

  @Test
  void hostThatTheGuestRefuses_isClosed() {
    FakeHost.Stream stream = guest.host.connectTo(VsockGuest.PORT);
    Packet request = packet();
    guest.send(RST, VsockGuest.PORT, request.hostPort(), 0);
    assertThat(stream.closed).isTrue();
    assertThat(guest.takeOp()).isZero(); // a reset is not answered
  }

  @Test
  void guest_getsNoMoreThanItHasRoomFor() {
    guest.credit = 1000;
    FakeHost.Stream stream = guest.connect();
    stream.arrive(bytes(1500));
    assertThat(packet().data()).hasSize(1000);
    assertThat(guest.takeOp()).isZero();
    guest.forwarded = 600;
    guest.send(CREDIT_UPDATE, 0);
    Packet rest = packet();
    assertThat(rest.data()).hasSize(500);
    assertThat(rest.data()[0]).isEqualTo(bytes(1500)[1000]);
  }

  @Test
  void hostThatDoesNotRead_isWaitedForAndTheGuestToldOfItsRoom() {
    FakeHost.Stream stream = guest.connect();
    stream.room = 100;
    for (int i = 0; i < 16; i++) {
      guest.send(RW, 0, bytes(4096));
    }
    assertThat(stream.toHost.size()).isEqualTo(100);
    assertThat(guest.takeOp()).isZero();
    stream.read(Integer.MAX_VALUE);
    assertThat(stream.toHost.size()).isEqualTo(65536);
    Packet update = packet();
    assertThat(update.op()).isEqualTo(CREDIT_UPDATE);
    assertThat(update.forwarded()).isEqualTo(65536);
    byte[] whole = stream.toHost.toByteArray();
    for (int i = 0; i < 16; i++) {
      assertThat(Arrays.copyOfRange(whole, 4096 * i, 4096 * (i + 1))).isEqualTo(bytes(4096));
    }
  }

  @Test
  void creditRequest_isAnswered() {
    guest.connect();
    guest.send(CREDIT_REQUEST, 0);
    assertThat(guest.takeOp()).isEqualTo(CREDIT_UPDATE);
    assertThat(guest.takeOp()).isZero();
  }

  @Test
  void hostThatEnds_isAShutdownAndTheGuestMayGoOn() {
    FakeHost.Stream stream = guest.connect();
    stream.arrive(bytes(3));
    stream.end();
    assertThat(packet().data()).hasSize(3);
    Packet end = packet();
    assertThat(end.op()).isEqualTo(SHUTDOWN);
    assertThat(end.flags()).isEqualTo(WONT_SEND);
    guest.send(RW, 0, bytes(7));
    assertThat(stream.toHost.size()).isEqualTo(7);
    guest.send(SHUTDOWN, WONT_SEND | WONT_RECEIVE);
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void guestThatEnds_isHeardToTheEnd() {
    FakeHost.Stream stream = guest.connect();
    stream.room = 0;
    guest.send(RW, 0, bytes(9));
    guest.send(SHUTDOWN, WONT_SEND);
    assertThat(stream.outputShut).isFalse();
    stream.read(100);
    assertThat(stream.toHost.size()).isEqualTo(9);
    assertThat(stream.outputShut).isTrue();
    stream.arrive(bytes(2));
    assertThat(packet().data()).hasSize(2);
  }

  @Test
  void guestThatEndsBothWays_isResetOnceTheHostHasAll() {
    FakeHost.Stream stream = guest.connect();
    stream.room = 0;
    guest.send(RW, 0, bytes(9));
    guest.send(SHUTDOWN, WONT_SEND | WONT_RECEIVE);
    assertThat(guest.takeOp()).isZero();
    stream.read(100);
    assertThat(stream.toHost.size()).isEqualTo(9);
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void hostThatIsGone_isAReset() {
    FakeHost.Stream stream = guest.connect();
    stream.gone = true;
    guest.send(RW, 0, bytes(1));
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void manyConnections_haveTheirTurnEach() {
    guest.host.ports.add(VsockGuest.HOST_PORT);
    for (int i = 0; i < 64; i++) {
      guest.send(REQUEST, i, VsockGuest.HOST_PORT, 0);
      assertThat(guest.takeOp()).isEqualTo(RESPONSE);
    }
    assertThat(guest.takeOp()).isZero();
    for (FakeHost.Stream stream : guest.host.streams) {
      stream.arrive(bytes(3));
      stream.arrive(bytes(4));
    }
    for (int i = 0; i < 128; i++) {
      Packet packet = packet();
      assertThat(packet.guestPort()).isEqualTo(i % 64);
      assertThat(packet.data()).hasSize(i < 64 ? 3 : 4);
    }
    assertThat(guest.takeOp()).isZero();
  }

  @Test
  void reset_closesEveryConnectionAndTheNextDriverHasNone() {
    FakeHost.Stream stream = guest.connect();
    stream.arrive(bytes(3));
    guest.driver.device.reset();
    assertThat(stream.closed).isTrue();
    assertThat(guest.host.acceptor).isNull();
    guest.start();
    assertThat(guest.takeOp()).isZero();
    guest.connect();
  }
}

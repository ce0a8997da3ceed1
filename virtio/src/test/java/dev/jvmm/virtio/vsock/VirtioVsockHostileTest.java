package dev.jvmm.virtio.vsock;

import static dev.jvmm.virtio.vsock.PacketHeader.REQUEST;
import static dev.jvmm.virtio.vsock.PacketHeader.RESPONSE;
import static dev.jvmm.virtio.vsock.PacketHeader.RST;
import static dev.jvmm.virtio.vsock.PacketHeader.RW;
import static dev.jvmm.virtio.vsock.PacketHeader.SHUTDOWN;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a guest could try. */
class VirtioVsockHostileTest {

  private final VsockGuest guest = new VsockGuest();

  private static byte[] changed(byte[] header, int at, int value) {
    byte[] bytes = header.clone();
    bytes[at] = (byte) value;
    return bytes;
  }

  private static byte[] request() {
    return VsockGuest.header(REQUEST, VsockGuest.PORT, VsockGuest.HOST_PORT, 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 20, 43})
  void packetWithoutAHeader_goesBack(int length) {
    guest.sendRaw(new byte[length]);
    assertThat(guest.transmit.freeCount()).isEqualTo(128);
    assertThat(guest.takeOp()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 7, 8, 15})
  void addressThatIsNotItsOwnOrTheHosts_isNotAnswered(int at) {
    guest.host.ports.add(VsockGuest.HOST_PORT);
    guest.sendRaw(changed(request(), at, 99));
    assertThat(guest.takeOp()).isZero();
    assertThat(guest.host.streams).isEmpty();
  }

  @Test
  void typeThatIsNoStream_isReset() {
    guest.host.ports.add(VsockGuest.HOST_PORT);
    guest.sendRaw(changed(request(), 28, 2));
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(guest.host.streams).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, RESPONSE, SHUTDOWN, RW, 8, 255})
  void packetOfNoConnection_isReset(int op) {
    guest.send(op, 0);
    assertThat(guest.takeOp()).isEqualTo(RST);
  }

  @Test
  void resetOfNoConnection_isNotAnswered() {
    guest.send(RST, 0);
    assertThat(guest.takeOp()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, REQUEST, RESPONSE, 8, 255})
  void operationThatCantBe_endsTheConnection(int op) {
    FakeHost.Stream stream = guest.connect();
    guest.send(op, 0);
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void lengthThatLies_endsTheConnection() {
    FakeHost.Stream stream = guest.connect();
    guest.sendRaw(VsockGuest.header(RW, VsockGuest.PORT, VsockGuest.HOST_PORT, 1));
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.toHost.size()).isZero();
    FakeHost.Stream second = guest.connect();
    guest.sendRaw(VsockGuest.header(RW, VsockGuest.PORT, VsockGuest.HOST_PORT, -1));
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(second.closed).isTrue();
  }

  @Test
  void moreThanTheCredit_endsTheConnection() {
    FakeHost.Stream stream = guest.connect();
    stream.room = 0;
    for (int i = 0; i < 16; i++) {
      guest.send(RW, 0, new byte[4096]);
    }
    assertThat(guest.takeOp()).isZero();
    guest.send(RW, 0, (byte) 1);
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.closed).isTrue();
  }

  @Test
  void bytesAfterItsOwnEnd_endTheConnection() {
    FakeHost.Stream stream = guest.connect();
    guest.send(SHUTDOWN, PacketHeader.WONT_SEND);
    guest.send(RW, 0, (byte) 1);
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(stream.toHost.size()).isZero();
  }

  @Test
  void creditThatCantBe_isNone() {
    guest.credit = 10;
    FakeHost.Stream stream = guest.connect();
    guest.forwarded = 1000; // of nothing that was sent
    guest.send(PacketHeader.CREDIT_UPDATE, 0);
    stream.arrive(new byte[100]);
    assertThat(guest.takeOp()).isZero();
    guest.credit = -1;
    guest.forwarded = 0;
    guest.send(PacketHeader.CREDIT_UPDATE, 0);
    assertThat(guest.takeOp()).isEqualTo(RW);
  }

  @Test
  void connectionsWithoutEnd_areResetAtABound() {
    guest.host.ports.add(VsockGuest.HOST_PORT);
    for (int i = 0; i < Connections.MAX; i++) {
      guest.send(REQUEST, i, VsockGuest.HOST_PORT, 0);
      assertThat(guest.takeOp()).isEqualTo(RESPONSE);
    }
    guest.send(REQUEST, Connections.MAX, VsockGuest.HOST_PORT, 0);
    assertThat(guest.takeOp()).isEqualTo(RST);
    assertThat(guest.host.connectTo(1).closed).isTrue();
    assertThat(guest.host.streams).hasSize(Connections.MAX);
  }

  /** It has to take what it has caused before it can cause more. */
  @Test
  void answersThatNobodyTakes_stopTheGuest() {
    byte[] nonsense = VsockGuest.header(RW, 1, 1, 0);
    for (int i = 0; i < 100; i++) {
      guest.offerRaw(nonsense);
    }
    int taken = 0;
    while (guest.transmit.take() != null) {
      taken++;
    }
    assertThat(taken).isEqualTo(Connections.MAX_RESETS);
    int resets = 0;
    while (guest.takeOp() == RST) {
      resets++;
    }
    assertThat(resets).isEqualTo(100);
  }

  @Test
  void bufferWithoutRoomForAHeader_goesBackAndThePacketWaits() {
    guest.host.ports.add(VsockGuest.HOST_PORT);
    guest.send(REQUEST, 0);
    assertThat(guest.take(43)).isNull();
    assertThat(guest.takeOp()).isEqualTo(RESPONSE);
  }

  @Test
  void bufferWithRoomForAHeaderAlone_goesBackAndTheDataWait() {
    FakeHost.Stream stream = guest.connect();
    stream.arrive((byte) 1, (byte) 2);
    assertThat(guest.take(44)).isNull();
    assertThat(guest.takeOp()).isEqualTo(RW);
  }

  /** Any packets, in any order: nothing is thrown, and no buffer is lost. */
  @Test
  void anything_harmsNobody() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    guest.host.ports.add(0);
    guest.host.ports.add(1);
    for (int i = 0; i < 5000; i++) {
      byte[] data = new byte[random.nextInt(4) == 0 ? random.nextInt(3000) : 0];
      byte[] header =
          VsockGuest.header(random.nextInt(9), random.nextInt(3), random.nextInt(3), data.length);
      random.nextBytes(data);
      byte[] bytes = Arrays.copyOf(header, 44 + data.length);
      System.arraycopy(data, 0, bytes, 44, data.length);
      if (random.nextInt(8) == 0) {
        bytes[random.nextInt(44)] = (byte) random.nextInt();
      }
      guest.sendRaw(bytes);
      for (FakeHost.Stream stream : guest.host.streams) {
        if (!stream.closed && random.nextInt(8) == 0) {
          stream.arrive(new byte[random.nextInt(5000)]);
        }
      }
      while (random.nextInt(3) != 0 && guest.takeOp() != 0) {}
    }
    while (guest.takeOp() != 0) {}
    assertThat(guest.transmit.freeCount()).as("seed %d", seed).isEqualTo(128);
  }
}

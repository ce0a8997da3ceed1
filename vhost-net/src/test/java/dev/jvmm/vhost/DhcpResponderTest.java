package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.net.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** DHCP as a client sees it (RFC 2131). */
class DhcpResponderTest {

  private static final MacAddress HOST = MacAddress.parse("02:00:00:00:00:01");
  private static final MacAddress GUEST = MacAddress.parse("52:54:00:12:34:56");
  private static final int SERVER = Ipv4.address(192, 168, 7, 1);
  private static final int LEASE = Ipv4.address(192, 168, 7, 2);
  private static final int XID = 0x1234_5678;
  private static final int IP = 14;
  private static final int UDP = 34;
  private static final int BOOTP = 42;
  private static final int OPTIONS = BOOTP + 240;

  private final DhcpResponder responder = new DhcpResponder(SERVER, HOST);

  /** A client's message; options are type, length, value and so on. */
  private static byte[] message(MacAddress mac, int ciaddr, int... options) {
    ByteBuffer frame = ByteBuffer.allocate(OPTIONS + options.length);
    for (int i = 0; i < 6; i++) {
      frame.put(i, (byte) 0xFF);
      frame.put(6 + i, (byte) mac.octet(i));
      frame.put(BOOTP + 28 + i, (byte) mac.octet(i));
    }
    frame.putShort(12, (short) 0x0800);
    frame.put(IP, (byte) 0x45).put(IP + 9, (byte) 17);
    frame.putShort(UDP, (short) 68).putShort(UDP + 2, (short) 67);
    frame.put(BOOTP, (byte) 1).put(BOOTP + 1, (byte) 1).put(BOOTP + 2, (byte) 6);
    frame.putInt(BOOTP + 4, XID).putInt(BOOTP + 12, ciaddr).putInt(BOOTP + 236, 0x6382_5363);
    for (int i = 0; i < options.length; i++) {
      frame.put(OPTIONS + i, (byte) options[i]);
    }
    return frame.array();
  }

  static byte[] discover(MacAddress mac) {
    return message(mac, 0, 53, 1, 1, 255);
  }

  private static byte[] request(int address) {
    return message(
        GUEST, 0, 53, 1, 3, 50, 4, address >>> 24, address >> 16, address >> 8, address, 255);
  }

  private ByteBuffer answer(byte[] frame) {
    return ByteBuffer.wrap(Objects.requireNonNull(responder.answer(frame, frame.length)));
  }

  private static int type(ByteBuffer reply) {
    return reply.get(OPTIONS + 2);
  }

  @Test
  void discover_isOfferedAnAddress() {
    ByteBuffer reply = answer(discover(GUEST));

    assertThat(type(reply)).isEqualTo(2);
    assertThat(reply.getInt(BOOTP + 4)).isEqualTo(XID);
    assertThat(reply.getInt(BOOTP + 16)).isEqualTo(LEASE);
    assertThat(reply.getInt(IP + 12)).isEqualTo(SERVER);
    assertThat(reply.getInt(IP + 16)).isEqualTo(-1);
    assertThat(reply.getShort(UDP + 2)).isEqualTo((short) 68);
    assertThat(reply.getLong(6) >>> 16).isEqualTo(0x0200_0000_0001L);
  }

  @Test
  void reply_hasChecksumsThatHold() {
    byte[] reply = answer(discover(GUEST)).array();
    assertThat(Ipv4.checksum(Ipv4.sum(reply, IP, 20, 0))).isZero();
    int length = reply.length - UDP;
    assertThat(Ipv4.checksum(Ipv4.sum(reply, IP + 12, 8 + length, 17 + length))).isZero();
  }

  @Test
  void options_tellMaskRouterAndTime() {
    byte[] reply = answer(discover(GUEST)).array();
    assertThat(Arrays.copyOfRange(reply, OPTIONS, OPTIONS + 28))
        .containsExactly(
            53, 1, 2, 54, 4, 192, 168, 7, 1, 51, 4, 0, 1, 0x51, 0x80, 1, 4, 255, 255, 255, 0, 3, 4,
            192, 168, 7, 1, 255);
  }

  @Test
  void request_ofWhatWasOfferedIsGranted() {
    answer(discover(GUEST));
    ByteBuffer reply = answer(request(LEASE));
    assertThat(type(reply)).isEqualTo(5);
    assertThat(reply.getInt(BOOTP + 16)).isEqualTo(LEASE);
  }

  @Test
  void request_ofAnotherAddressIsDenied() {
    ByteBuffer reply = answer(request(Ipv4.address(10, 0, 0, 9)));
    assertThat(type(reply)).isEqualTo(6);
    assertThat(reply.getInt(BOOTP + 16)).isZero();
  }

  @Test
  void renewal_isAnsweredToTheClientAlone() {
    answer(discover(GUEST));
    ByteBuffer reply = answer(message(GUEST, LEASE, 53, 1, 3, 255));
    assertThat(type(reply)).isEqualTo(5);
    assertThat(reply.getInt(IP + 16)).isEqualTo(LEASE);
    assertThat(reply.getLong(0) >>> 16).isEqualTo(0x5254_0012_3456L);
  }

  @Test
  void inform_isAnsweredWithoutAnAddress() {
    ByteBuffer reply = answer(message(GUEST, LEASE, 53, 1, 8, 255));
    assertThat(type(reply)).isEqualTo(5);
    assertThat(reply.getInt(BOOTP + 16)).isZero();
  }

  @Test
  void stations_haveAddressesOfTheirOwnAndKeepThem() {
    MacAddress other = MacAddress.parse("52:54:00:12:34:57");
    answer(discover(GUEST));
    assertThat(answer(discover(other)).getInt(BOOTP + 16)).isEqualTo(LEASE + 1);
    assertThat(answer(discover(GUEST)).getInt(BOOTP + 16)).isEqualTo(LEASE);
  }

  @Test
  void stationsBeyondTheNetwork_getNothing() {
    for (int i = 0; i < 253; i++) {
      answer(discover(new MacAddress(0x52L | (long) i << 8)));
    }
    byte[] late = discover(MacAddress.parse("52:ff:ff:ff:ff:ff"));
    assertThat(responder.answer(late, late.length)).isNull();
  }

  @Test
  void requestToAnotherServer_isNotOurs() {
    byte[] frame = message(GUEST, 0, 53, 1, 3, 54, 4, 10, 0, 0, 1, 255);
    assertThat(responder.answer(frame, frame.length)).isNull();
  }

  /** An offset into the frame, and what makes it somebody else's. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "12=134", "14=101", "20=32", "21=1", "23=6", "37=68", "42=2", "43=6", "44=8", "278=0",
        "282=255", "283=0", "283=200", "14=79"
      })
  void whatIsNoQuestion_hasNoAnswer(String change) {
    byte[] frame = discover(GUEST);
    int equals = change.indexOf('=');
    frame[Integer.parseInt(change, 0, equals, 10)] =
        (byte) Integer.parseInt(change, equals + 1, change.length(), 10);
    assertThat(responder.answer(frame, frame.length)).isNull();
  }

  @Test
  void anyBytes_harmNobody() {
    long seed = Long.getLong("jvmm.seed", System.nanoTime());
    Random random = new Random(seed);
    byte[] valid = discover(GUEST);
    for (int i = 0; i < 20_000; i++) {
      byte[] frame = Arrays.copyOf(valid, 14 + random.nextInt(600));
      for (int j = random.nextInt(8); j >= 0; j--) {
        frame[random.nextInt(frame.length)] = (byte) random.nextInt();
      }
      byte[] head = Arrays.copyOf(frame, Math.max(frame.length, 64));
      boolean maybe = DhcpResponder.mayBeForUs(head);
      byte[] answer = responder.answer(frame, frame.length);
      assertThat(answer == null || maybe).as("seed %d", seed).isTrue();
    }
  }
}

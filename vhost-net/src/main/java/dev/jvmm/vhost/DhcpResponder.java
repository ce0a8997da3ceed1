package dev.jvmm.vhost;

import dev.jvmm.virtio.net.MacAddress;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Answers DHCP (RFC 2131) for one network of 24 bits: each station gets an address of its own, from
 * .2 on, and keeps it. The host is the router; names are not served.
 *
 * <p>What it is given is the guest's: everything is compared before it is used, what makes no sense
 * has no answer.
 *
 * <p>Thread: confined.
 */
final class DhcpResponder {

  /** What it can be given at once; a client's message is smaller (RFC 2131, 2). */
  static final int MAX_FRAME_BYTES = 1518;

  private static final int FIRST_HOST = 2;
  private static final int LAST_HOST = 254;
  private static final int LEASE_SECONDS = 86_400;

  private static final int ETHERNET_BYTES = 14;
  private static final int IPV4 = 0x0800;
  private static final int IP_BYTES = 20;
  private static final int UDP = 17;
  private static final int UDP_BYTES = 8;
  private static final int SERVER_PORT = 67;
  private static final int CLIENT_PORT = 68;
  private static final int BOOTP_BYTES = 240; // with the magic number

  // Within BOOTP.
  private static final int XID = 4;
  private static final int CIADDR = 12;
  private static final int YIADDR = 16;
  private static final int SIADDR = 20;
  private static final int FLAGS = 10;
  private static final int CHADDR = 28;
  private static final int MAGIC_AT = 236;
  private static final int MAGIC = 0x6382_5363;

  private static final int OPTION_PAD = 0;
  private static final int OPTION_MASK = 1;
  private static final int OPTION_ROUTER = 3;
  private static final int OPTION_REQUESTED = 50;
  private static final int OPTION_LEASE = 51;
  private static final int OPTION_TYPE = 53;
  private static final int OPTION_SERVER = 54;
  private static final int OPTION_END = 255;

  private static final int DISCOVER = 1;
  private static final int OFFER = 2;
  private static final int REQUEST = 3;
  private static final int ACK = 5;
  private static final int NAK = 6;
  private static final int INFORM = 8;

  private static final int REPLY_BYTES =
      ETHERNET_BYTES + IP_BYTES + UDP_BYTES + BOOTP_BYTES + 64; // options, padded as BOOTP wants

  private final int server;
  private final MacAddress serverMac;
  private final Map<Long, Integer> leases = new HashMap<>();

  /**
   * A responder without leases.
   *
   * @param server the host's address in the network
   * @param serverMac of the interface that has it
   */
  DhcpResponder(int server, MacAddress serverMac) {
    this.server = server;
    this.serverMac = serverMac;
  }

  /** What a client asks. */
  private record Question(int type, int xid, int ciaddr, int flags, long mac, int wanted) {}

  /**
   * The answer to a frame, without the device's header.
   *
   * @param frame its first {@code length} bytes
   * @return a frame, or {@code null} where there is nothing to answer
   */
  byte @Nullable [] answer(byte[] frame, int length) {
    int bootp = bootpOf(frame, length);
    if (bootp < 0) {
      return null;
    }
    Question question = question(ByteBuffer.wrap(frame, 0, length), bootp);
    if (question == null) {
      return null;
    }
    int lease = lease(question.mac());
    return switch (question.type()) {
      case DISCOVER -> lease == 0 ? null : reply(question, OFFER, lease);
      case REQUEST -> {
        int wanted = question.wanted() == 0 ? question.ciaddr() : question.wanted();
        yield lease != 0 && wanted == lease ? reply(question, ACK, lease) : reply(question, NAK, 0);
      }
      case INFORM -> reply(question, ACK, 0);
      default -> null;
    };
  }

  /** Whether a frame with these first 38 bytes could be a packet to the server's port. */
  static boolean mayBeForUs(byte[] head) {
    int udp = ETHERNET_BYTES + (head[ETHERNET_BYTES] & 0xF) * 4;
    return u16(head, 12) == IPV4
        && head[ETHERNET_BYTES + 9] == UDP
        && (udp != ETHERNET_BYTES + IP_BYTES || u16(head, udp + 2) == SERVER_PORT);
  }

  /** Where BOOTP begins in an unfragmented packet to the server's port, or -1. */
  private static int bootpOf(byte[] frame, int length) {
    if (length < ETHERNET_BYTES + IP_BYTES + UDP_BYTES || u16(frame, 12) != IPV4) {
      return -1;
    }
    int ipBytes = (frame[ETHERNET_BYTES] & 0xF) * 4;
    boolean plain =
        (frame[ETHERNET_BYTES] & 0xF0) == 0x40
            && ipBytes >= IP_BYTES
            && (u16(frame, ETHERNET_BYTES + 6) & 0x3FFF) == 0
            && frame[ETHERNET_BYTES + 9] == UDP;
    int udp = ETHERNET_BYTES + ipBytes;
    if (!plain || length < udp + UDP_BYTES + BOOTP_BYTES || u16(frame, udp + 2) != SERVER_PORT) {
      return -1;
    }
    return udp + UDP_BYTES;
  }

  private @Nullable Question question(ByteBuffer frame, int bootp) {
    boolean request =
        frame.get(bootp) == 1
            && frame.get(bootp + 1) == 1
            && frame.get(bootp + 2) == MacAddress.BYTES
            && frame.getInt(bootp + MAGIC_AT) == MAGIC;
    if (!request) {
      return null;
    }
    int type = 0;
    int wanted = 0;
    frame.position(bootp + BOOTP_BYTES);
    try {
      for (int code = next(frame); code != OPTION_END; code = next(frame)) {
        int size = code == OPTION_PAD ? 0 : next(frame);
        int end = frame.position() + size;
        if (code == OPTION_TYPE && size == 1) {
          type = frame.get(frame.position());
        } else if (code == OPTION_REQUESTED && size == Integer.BYTES) {
          wanted = frame.getInt(frame.position());
        } else if (code == OPTION_SERVER
            && size == Integer.BYTES
            && frame.getInt(frame.position()) != server) {
          return null; // the client has chosen another
        }
        if (end > frame.limit()) {
          return null;
        }
        frame.position(end);
      }
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      return null; // an option that ends behind the frame
    }
    long mac = 0;
    for (int i = MacAddress.BYTES - 1; i >= 0; i--) {
      mac = mac << 8 | (frame.get(bootp + CHADDR + i) & 0xFF);
    }
    return new Question(
        type,
        frame.getInt(bootp + XID),
        frame.getInt(bootp + CIADDR),
        frame.getShort(bootp + FLAGS),
        mac,
        wanted);
  }

  private static int next(ByteBuffer frame) {
    return frame.get() & 0xFF;
  }

  /** The address of a station, 0 where there is none left: a guest may pretend to be thousands. */
  private int lease(long mac) {
    Integer known = leases.get(mac);
    if (known != null) {
      return known;
    }
    int host = FIRST_HOST + leases.size();
    if (host > LAST_HOST) {
      return 0;
    }
    int address = (server & ~0xFF) | host;
    leases.put(mac, address);
    return address;
  }

  private byte[] reply(Question question, int type, int lease) {
    byte[] bytes = new byte[REPLY_BYTES];
    ByteBuffer frame = ByteBuffer.wrap(bytes);
    boolean unicast = question.ciaddr() != 0 && type == ACK;
    mac(frame, unicast ? question.mac() : 0xFFFF_FFFF_FFFFL);
    mac(frame, serverMac.bits());
    frame.putShort((short) IPV4);
    putIp(frame, bytes, unicast ? question.ciaddr() : Ipv4.BROADCAST);
    int udp = frame.position();
    frame.putShort((short) SERVER_PORT).putShort((short) CLIENT_PORT);
    frame.putShort((short) (REPLY_BYTES - udp)).putShort((short) 0);
    int bootp = frame.position();
    frame.put((byte) 2).put((byte) 1).put((byte) MacAddress.BYTES);
    frame.putInt(bootp + XID, question.xid());
    frame.putShort(bootp + FLAGS, (short) question.flags());
    frame.putInt(bootp + CIADDR, type == ACK ? question.ciaddr() : 0);
    frame.putInt(bootp + YIADDR, lease);
    frame.putInt(bootp + SIADDR, type == NAK ? 0 : server);
    frame.position(bootp + CHADDR);
    mac(frame, question.mac());
    frame.putInt(bootp + MAGIC_AT, MAGIC);
    frame.position(bootp + BOOTP_BYTES);
    putOptions(frame, type, lease);
    int pseudo = UDP + (REPLY_BYTES - udp);
    int sum = Ipv4.sum(bytes, udp - 2 * Integer.BYTES, REPLY_BYTES - udp + 8, pseudo);
    int checksum = Ipv4.checksum(sum);
    frame.putShort(udp + 6, (short) (checksum == 0 ? 0xFFFF : checksum));
    return bytes;
  }

  private void putIp(ByteBuffer frame, byte[] bytes, int destination) {
    int at = frame.position();
    frame.put((byte) 0x45).put((byte) 0).putShort((short) (REPLY_BYTES - at)).putInt(0);
    frame.put((byte) 64).put((byte) UDP).putShort((short) 0).putInt(server).putInt(destination);
    frame.putShort(at + 10, (short) Ipv4.checksum(Ipv4.sum(bytes, at, IP_BYTES, 0)));
  }

  private void putOptions(ByteBuffer frame, int type, int lease) {
    frame.put((byte) OPTION_TYPE).put((byte) 1).put((byte) type);
    option(frame, OPTION_SERVER, server);
    if (type != NAK) {
      if (lease != 0) {
        option(frame, OPTION_LEASE, LEASE_SECONDS);
      }
      option(frame, OPTION_MASK, ~0xFF);
      option(frame, OPTION_ROUTER, server);
    }
    frame.put((byte) OPTION_END);
  }

  private static void option(ByteBuffer frame, int code, int value) {
    frame.put((byte) code).put((byte) Integer.BYTES).putInt(value);
  }

  private static void mac(ByteBuffer frame, long bits) {
    for (int i = 0; i < MacAddress.BYTES; i++) {
      frame.put((byte) (bits >>> (8 * i)));
    }
  }

  private static int u16(byte[] bytes, int at) {
    return (bytes[at] & 0xFF) << 8 | (bytes[at + 1] & 0xFF);
  }
}

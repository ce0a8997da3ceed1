package dev.jvmm.vhost;

/**
 * IPv4 addresses as numbers, the first byte of their text the most significant; and the checksum of
 * the Internet protocols (RFC 1071).
 *
 * <p>Thread: stateless.
 */
final class Ipv4 {

  static final int BROADCAST = -1;

  private Ipv4() {}

  static int address(int a, int b, int c, int d) {
    return a << 24 | b << 16 | c << 8 | d;
  }

  static String text(int address) {
    return (address >>> 24)
        + "."
        + (address >>> 16 & 0xFF)
        + "."
        + (address >>> 8 & 0xFF)
        + "."
        + (address & 0xFF);
  }

  /** The sum of 16-bit words, begun with {@code start}; an odd last byte counts as a high one. */
  static int sum(byte[] bytes, int from, int length, int start) {
    int sum = start;
    for (int i = 0; i < length; i++) {
      int octet = bytes[from + i] & 0xFF;
      sum += i % 2 == 0 ? octet << 8 : octet;
    }
    return sum;
  }

  /** What stands in the header for a sum; at most 64 KiB have been summed. */
  static int checksum(int sum) {
    int folded = (sum & 0xFFFF) + (sum >>> 16);
    folded = (folded & 0xFFFF) + (folded >>> 16);
    return ~folded & 0xFFFF;
  }
}

package dev.jvmm.virtio.net;

/**
 * An Ethernet address.
 *
 * <p>Thread: immutable.
 *
 * @param bits its bytes as they lie in memory, the first in the lowest 8 bits
 */
public record MacAddress(long bits) {

  /** Bytes of an address. */
  public static final int BYTES = 6;

  static final long MASK = (1L << (8 * BYTES)) - 1;
  static final long BROADCAST = MASK;

  private static final int GROUP = 1; // of the first byte

  /** Refuses more than 48 bits. */
  public MacAddress {
    if ((bits & ~MASK) != 0) {
      throw new IllegalArgumentException(Long.toHexString(bits));
    }
  }

  /**
   * Reads {@code 52:54:00:12:34:56}, or with dashes.
   *
   * @throws NumberFormatException if it is something else
   */
  public static MacAddress parse(String text) {
    String[] parts = text.split("[:-]", -1);
    if (parts.length != BYTES) {
      throw new NumberFormatException(text);
    }
    long bits = 0;
    for (int i = 0; i < BYTES; i++) {
      String part = parts[i];
      if (part.isEmpty() || part.length() > 2 || Character.digit(part.charAt(0), 16) < 0) {
        throw new NumberFormatException(text);
      }
      bits |= (long) Integer.parseInt(part, 16) << (8 * i);
    }
    return new MacAddress(bits);
  }

  /** Whether it names a group of stations; such an address is no station's own. */
  public boolean isGroup() {
    return isGroup(bits);
  }

  static boolean isGroup(long bits) {
    return (bits & GROUP) != 0;
  }

  /** Byte {@code index}, the first is 0. */
  public int octet(int index) {
    return (int) (bits >>> (8 * index)) & 0xFF;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < BYTES; i++) {
      text.append(i == 0 ? "" : ":").append("%02x".formatted(octet(i)));
    }
    return text.toString();
  }
}

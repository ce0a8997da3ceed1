package dev.jvmm.machine.legacy;

import java.util.HexFormat;

/**
 * The keyboard controller's translation of scan code set 2 to set 1 (IBM PS/2 technical reference,
 * keyboard controller): what a guest reads while the translation bit of the command byte is set.
 *
 * <p>Thread: confined to the monitor of its {@link I8042}.
 */
final class ScanCodes {

  private static final int RELEASED = 0xF0; // in set 2 a byte before the code, in set 1 a bit in it
  private static final int RELEASED_BIT = 0x80;

  /** No byte of its own comes of what was given. */
  static final int NOTHING = -1;

  /** By the code in set 2, sixteen a row. */
  private static final byte[] SET_1 =
      HexFormat.of()
          .parseHex(
              "ff43413f3d3b3c58644442403e0f2959"
                  + "65382a701d10025a66712c1f1e11035b"
                  + "672e2d201205045c68392f211413065d"
                  + "693130232215075e6a7232241608095f"
                  + "6b332517180b0a606c34352627190c61"
                  + "6d7328741a0d626e3a361c1b752b6376"
                  + "55567778797a0e7b7c4f7d4b477e7f6f"
                  + "5253504c4d480145574e514a37494654");

  private boolean releasing;

  /** {@code releasing}: whether the prefix of a released key came last. */
  ScanCodes(boolean releasing) {
    this.releasing = releasing;
  }

  boolean releasing() {
    return releasing;
  }

  void reset() {
    releasing = false;
  }

  /** The byte that the guest reads, or {@link #NOTHING} where it comes with the next. */
  int translate(int code) {
    if (code == RELEASED) {
      releasing = true;
      return NOTHING;
    }
    int translated =
        switch (code) {
          case 0x83 -> 0x41;
          case 0x84 -> 0x54;
          default -> code < SET_1.length ? SET_1[code] & 0xFF : code;
        };
    if (releasing) {
      releasing = false;
      translated |= RELEASED_BIT;
    }
    return translated;
  }
}

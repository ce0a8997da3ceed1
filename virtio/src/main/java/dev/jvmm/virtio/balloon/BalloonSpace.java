package dev.jvmm.virtio.balloon;

import dev.jvmm.core.state.Resettable;
import dev.jvmm.virtio.device.ConfigSpace;

/**
 * The configuration of a balloon (virtio 1.2, 5.5.4).
 *
 * <p>Thread: written under the monitor of the device; read from any.
 */
final class BalloonSpace implements ConfigSpace, Resettable {

  private static final int NUM_PAGES = 0;
  private static final int ACTUAL = 4;
  private static final int FREE_PAGE_HINT_CMD_ID = 8; // always 0: no hints are asked for
  private static final int POISON_VAL = 12;
  private static final int BYTES = 16;

  private volatile int numPages;
  private volatile int actual;
  private volatile int poisonVal;

  BalloonSpace() {}

  /** How many pages the guest is to give up. */
  void numPages(int pages) {
    numPages = pages;
  }

  /** How many pages the guest says that it has given up; any value. */
  long actual() {
    return Integer.toUnsignedLong(actual);
  }

  /** What the guest fills free pages with, where it looks that nobody has changed them. */
  int poisonVal() {
    return poisonVal;
  }

  /** What the driver has written is forgotten; what it is asked for stays. */
  @Override
  public void reset() {
    actual = 0;
    poisonVal = 0;
  }

  @Override
  public long read(int offset, int size) {
    if (offset > BYTES - size) {
      return -1;
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (long) octet(offset + i) << (8 * i);
    }
    return value;
  }

  private int octet(int offset) {
    int field =
        switch (offset & ~3) {
          case NUM_PAGES -> numPages;
          case ACTUAL -> actual;
          case FREE_PAGE_HINT_CMD_ID -> 0;
          case POISON_VAL -> poisonVal;
          default -> -1; // not reached
        };
    return field >>> (8 * (offset & 3)) & 0xFF;
  }

  /** Fields are written whole; a driver has no reason for anything else. */
  @Override
  public void write(int offset, int size, long value) {
    if (size != Integer.BYTES) {
      return;
    }
    switch (offset) {
      case ACTUAL -> actual = (int) value;
      case POISON_VAL -> poisonVal = (int) value;
      default -> {} // the device's
    }
  }
}

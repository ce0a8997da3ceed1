package dev.jvmm.core.irq;

import java.util.concurrent.atomic.AtomicLong;

/**
 * An interrupt line that several devices share: high while any of its owners holds it high.
 *
 * <p>Thread: safe; a change of the sum is told to the controller under the line's monitor, so that
 * the controller sees the changes in their order.
 */
public final class SharedLine {

  /** The attack it stops: none; a machine that put more devices than this on one line is wrong. */
  private static final int MAX_OWNERS = 64;

  private final IrqLine controller;
  private final AtomicLong high = new AtomicLong();
  private int owners;

  /** A line into {@code controller}, low at first. */
  public SharedLine(IrqLine controller) {
    this.controller = controller;
  }

  /** A further owner's end of this line. */
  public synchronized IrqLine newOwner() {
    if (owners == MAX_OWNERS) {
      throw new IllegalStateException("more than " + MAX_OWNERS + " owners on one line");
    }
    long bit = 1L << owners++;
    return level -> set(bit, level);
  }

  private void set(long bit, boolean level) {
    if (((high.get() & bit) != 0) == level) {
      return; // no one else changes this bit
    }
    synchronized (this) {
      long old = high.get();
      long now = level ? old | bit : old & ~bit;
      high.set(now);
      if ((old == 0) != (now == 0)) {
        controller.set(now != 0);
      }
    }
  }
}

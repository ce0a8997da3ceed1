package dev.jvmm.machine.legacy;

import dev.jvmm.core.irq.IrqLine;

/** An interrupt line that counts its rising edges. */
final class ObservedLine implements IrqLine {

  private boolean high;
  private int edges;

  @Override
  public void set(boolean newLevel) {
    if (newLevel && !high) {
      edges++;
    }
    high = newLevel;
  }

  boolean high() {
    return high;
  }

  int edges() {
    return edges;
  }
}

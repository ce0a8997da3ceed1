package dev.jvmm.machine.pci;

import dev.jvmm.core.irq.IrqLine;
import org.jspecify.annotations.Nullable;

/**
 * A function's interrupt pin: a level that reaches its line unless the guest has switched the pin
 * off or the function speaks by messages (PCI Local Bus 3.0, 6.2.2 and 6.8).
 *
 * <p>Thread: safe by its monitor, which only a line's is taken under.
 */
final class IntxPin implements IrqLine {

  private final IrqLine line;
  private boolean high;
  private boolean disabled;
  private @Nullable Object messages; // whose are on

  IntxPin(IrqLine line) {
    this.line = line;
  }

  @Override
  public synchronized void set(boolean level) {
    high = level;
    update();
  }

  /** What the interrupt status bit reads, whether or not it reaches the line. */
  synchronized boolean high() {
    return high;
  }

  /** The command register's interrupt disable bit. */
  synchronized void disable(boolean newDisabled) {
    disabled = newDisabled;
    update();
  }

  /** Says that MSI or MSI-X is on, so that the pin must stand still, or is so no longer. */
  synchronized void useMessages(Object source, boolean on) {
    if (on) {
      messages = source;
    } else if (source.equals(messages)) {
      messages = null;
    }
    update();
  }

  private void update() {
    line.set(high && !disabled && messages == null);
  }
}

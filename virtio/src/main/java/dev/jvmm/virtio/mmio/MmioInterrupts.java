package dev.jvmm.virtio.mmio;

import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.virtio.device.Interrupts;

/**
 * InterruptStatus of virtio-mmio (virtio 1.2, 4.2.2) and the line that it holds high while it is
 * not zero.
 *
 * <p>Thread: safe by its monitor, under which only the line is called.
 */
public final class MmioInterrupts implements Interrupts {

  private static final int USED_BUFFER = 1;
  private static final int CONFIG_CHANGE = 2;

  private final IrqLine line;
  private int status;

  /** Nothing pending, the line low. */
  public MmioInterrupts(IrqLine line) {
    this.line = line;
  }

  @Override
  public void queueUsed(int index) {
    set(USED_BUFFER);
  }

  @Override
  public void configChanged() {
    set(CONFIG_CHANGE);
  }

  @Override
  public void reset() {
    acknowledge(~0);
  }

  synchronized int status() {
    return status;
  }

  /** What is left is a new edge, too, for a guest that takes the line as one of edges. */
  synchronized void acknowledge(int bits) {
    status &= ~bits;
    line.set(false);
    if (status != 0) {
      line.set(true);
    }
  }

  private synchronized void set(int bit) {
    status |= bit;
    line.set(true);
  }
}

package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.machine.pci.Bar;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;

/**
 * The doorbells of a device, one a queue, which move with the registers that they hang in. Where
 * the host has no more of them, notifications come by the registers themselves.
 *
 * <p>Thread: as {@link Bar.Listener}.
 */
final class QueueDoorbells implements Bar.Listener, AutoCloseable {

  private final List<Doorbell> doorbells;
  private final Layout layout;

  /** Where each queue's notification is written, with the registers at {@code base}. */
  @FunctionalInterface
  interface Layout {
    Doorbell.Place place(long base, int queue);
  }

  /**
   * What is wanted of them.
   *
   * @param layout where they hang
   * @param rung told on the loop's thread which queue was notified
   */
  record Wish(Layout layout, IntConsumer rung) {}

  QueueDoorbells(Doorbells from, EventLoop loop, int count, Wish wish) {
    layout = wish.layout();
    doorbells = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int queue = i;
      doorbells.add(from.newDoorbell(loop, () -> wish.rung().accept(queue)));
    }
  }

  @Override
  public void mapped(long base) {
    for (int i = 0; i < doorbells.size(); i++) {
      if (!doorbells.get(i).hang(layout.place(base, i))) {
        return; // the rest would be refused, too
      }
    }
  }

  @Override
  public void unmapped(long base) {
    doorbells.forEach(Doorbell::unhang);
  }

  @Override
  public void close() {
    doorbells.forEach(Doorbell::close);
  }
}

package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.machine.pci.Bar;
import dev.jvmm.virtio.device.CarriedModel;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.device.VirtioDevice;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

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
   * @param carriers hear the notifications of their queues in our place
   */
  record Wish(Layout layout, IntConsumer rung, IntFunction<@Nullable QueueCarrier> carriers) {

    /** Of the device of a model, straight to whoever works on its queues. */
    static Wish of(Layout layout, DeviceModel model, VirtioDevice device) {
      return new Wish(layout, device::notifyQueue, queue -> carrier(model, queue));
    }
  }

  /** What carries a queue, or null. */
  static @Nullable QueueCarrier carrier(DeviceModel model, int queue) {
    return model instanceof CarriedModel carried ? carried.carrier(queue) : null;
  }

  QueueDoorbells(Doorbells from, EventLoop loop, int count, Wish wish) {
    layout = wish.layout();
    doorbells = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int queue = i;
      QueueCarrier carrier = wish.carriers().apply(queue);
      doorbells.add(
          carrier == null
              ? from.newDoorbell(loop, () -> wish.rung().accept(queue))
              : from.newDoorbell(carrier.kick()));
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

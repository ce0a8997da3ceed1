package dev.jvmm.machine.virtio;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.LoopRunner;
import dev.jvmm.core.trace.Origin;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.virtio.device.CarriedModel;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.Interrupts;
import dev.jvmm.virtio.device.VirtioDevice;
import java.util.ArrayList;
import java.util.List;

/**
 * The devices of a machine and their doorbells, and what all of them have in common whatever they
 * are plugged into.
 *
 * <p>Thread: as {@link VirtioSlots}.
 */
final class Plugged implements AutoCloseable {

  private final VirtioSlots.Wiring wiring;
  private final List<VirtioDevice> devices = new ArrayList<>();
  private final List<QueueDoorbells> doorbells = new ArrayList<>();

  Plugged(VirtioSlots.Wiring wiring) {
    this.wiring = wiring;
  }

  VirtioSlots.Wiring wiring() {
    return wiring;
  }

  /** Makes a device of a model. */
  VirtioDevice device(
      DeviceProperties properties, DeviceModel model, EventLoop loop, Interrupts interrupts) {
    long features = Features.USUAL;
    if (!properties.bool("event_idx")) {
      features &= ~Features.EVENT_IDX;
    }
    if (!properties.bool("indirect_desc")) {
      features &= ~Features.INDIRECT_DESC;
    }
    if (model instanceof CarriedModel carried) {
      features = carried.carried(features);
    }
    VirtioDevice device =
        new VirtioDevice(model, features, wiring.memory(), new LoopRunner(loop), interrupts);
    device.origin(new Origin(wiring.machine(), properties.called()));
    devices.add(device);
    return device;
  }

  /** Makes a doorbell for each queue, none with {@code ioeventfd=off}. */
  QueueDoorbells doorbells(
      DeviceProperties properties, int queues, EventLoop loop, QueueDoorbells.Wish wish) {
    int count = properties.bool("ioeventfd") ? queues : 0;
    QueueDoorbells made = new QueueDoorbells(wiring.doorbells(), loop, count, wish);
    doorbells.add(made);
    return made;
  }

  /** First nothing new comes, then what is under way ends. */
  @Override
  public void close() {
    doorbells.forEach(QueueDoorbells::close);
    devices.forEach(VirtioDevice::reset);
  }
}

package dev.jvmm.virtio.pci;

import dev.jvmm.core.event.Signal;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.Echo;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.InlineRunner;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.queue.DriverSide;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A function with all that it needs, and the driver that uses its BARs as a guest does. */
final class PciDriver implements Messages {

  static final int VECTORS = 3;

  // Of the common configuration structure.
  static final int DEVICE_FEATURE_SELECT = 0x00;
  static final int DEVICE_FEATURE = 0x04;
  static final int DRIVER_FEATURE_SELECT = 0x08;
  static final int DRIVER_FEATURE = 0x0C;
  static final int CONFIG_VECTOR = 0x10;
  static final int NUM_QUEUES = 0x12;
  static final int STATUS = 0x14;
  static final int GENERATION = 0x15;
  static final int QUEUE_SELECT = 0x16;
  static final int QUEUE_SIZE = 0x18;
  static final int QUEUE_VECTOR = 0x1A;
  static final int QUEUE_ENABLE = 0x1C;
  static final int QUEUE_NOTIFY_OFF = 0x1E;
  static final int QUEUE_DESC = 0x20;
  static final int QUEUE_DRIVER = 0x28;
  static final int QUEUE_DEVICE = 0x30;
  static final int QUEUE_RESET = 0x3A;

  static final int ISR = 0x1000;
  static final int CONFIG = 0x2000;
  static final int NOTIFY = 0x3000;

  final GuestMemory memory;
  final InlineRunner runner = new InlineRunner();
  final Echo echo = new Echo();
  final List<Integer> fired = new ArrayList<>();
  final VirtioPciInterrupts interrupts;
  final VirtioDevice device;
  final VirtioPci bar;
  final LegacyRegisters ports;
  final Set<Integer> masked = new HashSet<>();
  Runnable changed = () -> {};
  boolean line;
  boolean byMessage;

  PciDriver() {
    this(DriverSide.ram());
  }

  /** With RAM of the test's, as {@link DriverSide#ram} is. */
  PciDriver(GuestMemory memory) {
    this.memory = memory;
    DeviceModel model = echo;
    interrupts = new VirtioPciInterrupts(model.queues().size(), this, high -> line = high);
    device = new VirtioDevice(model, Features.USUAL, memory, runner, interrupts);
    bar = new VirtioPci(device, interrupts);
    ports = new LegacyRegisters(device, interrupts);
  }

  @Override
  public boolean enabled() {
    return byMessage;
  }

  @Override
  public int vectors() {
    return VECTORS;
  }

  @Override
  public void fire(int vector) {
    fired.add(vector);
  }

  @Override
  public @Nullable Signal direct(int vector) {
    return byMessage && !masked.contains(vector) ? () -> fire(vector) : null;
  }

  @Override
  public void change(Runnable change) {
    change.run();
  }

  @Override
  public void whenChanged(Runnable listener) {
    changed = listener;
  }

  long get(int offset, int size) {
    return bar.read(offset, size) & (-1L >>> (64 - 8 * size));
  }

  void put(int offset, int size, long value) {
    bar.write(offset, size, value);
  }

  /** All up to FEATURES_OK, with every feature that is offered. */
  void negotiate() {
    put(STATUS, 1, 1);
    put(STATUS, 1, 3);
    for (int word = 0; word < 2; word++) {
      put(DEVICE_FEATURE_SELECT, 4, word);
      put(DRIVER_FEATURE_SELECT, 4, word);
      put(DRIVER_FEATURE, 4, get(DEVICE_FEATURE, 4));
    }
    put(STATUS, 1, 11);
  }

  /** Queue 0, and DRIVER_OK. */
  DriverSide bringUp() {
    negotiate();
    DriverSide queue = enable(0);
    put(STATUS, 1, 15);
    return queue;
  }

  DriverSide enable(int index) {
    DriverSide queue = new DriverSide(memory, 0x1000L * (2 * index + 1), Echo.SIZE, true);
    put(QUEUE_SELECT, 2, index);
    put(QUEUE_SIZE, 2, get(QUEUE_SIZE, 2));
    put(QUEUE_DESC, 4, queue.addresses().descriptors());
    put(QUEUE_DESC + 4, 4, 0);
    put(QUEUE_DRIVER, 4, queue.addresses().avail());
    put(QUEUE_DRIVER + 4, 4, 0);
    put(QUEUE_DEVICE, 4, queue.addresses().used());
    put(QUEUE_DEVICE + 4, 4, 0);
    put(QUEUE_ENABLE, 2, 1);
    return queue;
  }

  /** Makes a request of queue 0 and notifies. */
  void request(DriverSide queue) {
    queue.add(DriverSide.Piece.writable(0x8000, 4));
    queue.publish();
    put(NOTIFY, 2, 0);
    runner.runUntilIdle();
  }
}

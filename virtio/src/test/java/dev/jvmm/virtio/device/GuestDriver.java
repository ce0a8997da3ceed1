package dev.jvmm.virtio.device;

import dev.jvmm.core.event.WorkerRunner;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.QueueRings;

/** A device with all that it needs, and the driver that sets it up as a guest does. */
public final class GuestDriver implements Interrupts {

  /** Where the rings of queue 0 begin; each further queue's are 64 KiB behind. */
  public static final long RINGS = 0x1_0000;

  /** A page that no ring is in. */
  public static final long DATA = 0x8000;

  public final GuestMemory memory;
  public final InlineRunner runner = new InlineRunner();
  public final VirtioDevice device;
  public int usedInterrupts;
  public int configInterrupts;

  public GuestDriver(DeviceModel model) {
    this(model, DriverSide.ram());
  }

  /** A device with RAM of the test's, which begins with {@link DriverSide#RAM_BYTES} at 0. */
  public GuestDriver(DeviceModel model, GuestMemory memory) {
    this.memory = memory;
    device = new VirtioDevice(model, Features.USUAL, memory, runner, this);
  }

  /** A device whose queues another thread works on, so that {@link #runner} does nothing. */
  public GuestDriver(DeviceModel model, WorkerRunner otherRunner) {
    memory = DriverSide.ram();
    device = new VirtioDevice(model, Features.USUAL, memory, otherRunner, this);
  }

  @Override
  public void queueUsed(int index) {
    usedInterrupts++;
  }

  @Override
  public void configChanged() {
    configInterrupts++;
  }

  @Override
  public void reset() {}

  /** ACKNOWLEDGE, DRIVER, features, FEATURES_OK. */
  public void negotiate(long features) {
    device.status(DeviceStatus.ACKNOWLEDGE);
    device.status(device.status() | DeviceStatus.DRIVER);
    device.driverFeatures(0, (int) features);
    device.driverFeatures(1, (int) (features >>> 32));
    device.status(device.status() | DeviceStatus.FEATURES_OK);
  }

  /** Everything that is offered, queue 0 and DRIVER_OK; returns the driver's end of the queue. */
  public DriverSide bringUp() {
    negotiate(offered());
    DriverSide queue = enable(0);
    driverOk();
    return queue;
  }

  public void driverOk() {
    device.status(device.status() | DeviceStatus.DRIVER_OK);
  }

  /** Sets a queue up with rings of its greatest size and enables it. */
  public DriverSide enable(int index) {
    int size = device.queueMaxSize(index);
    DriverSide queue = new DriverSide(memory, RINGS + 0x1_0000L * index, size, true);
    name(index, queue.addresses());
    device.enableQueue(index);
    return queue;
  }

  /** Tells the device a size and addresses. */
  public void name(int index, QueueRings.Addresses addresses) {
    device.queueSize(index, addresses.size());
    address(index, QueueArea.DESCRIPTOR, addresses.descriptors());
    address(index, QueueArea.DRIVER, addresses.avail());
    address(index, QueueArea.DEVICE, addresses.used());
  }

  /** All features that the device offers. */
  public long offered() {
    return Integer.toUnsignedLong(device.offeredFeatures(0))
        | ((long) device.offeredFeatures(1) << 32);
  }

  private void address(int index, QueueArea area, long gpa) {
    device.queueAddress(index, area, false, (int) gpa);
    device.queueAddress(index, area, true, (int) (gpa >>> 32));
  }
}

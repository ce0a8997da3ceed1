package dev.jvmm.virtio.device;

/**
 * A device as a driver of the legacy interface uses it (virtio 1.2, 4.1.4.8 and 2.7.2): 32 bits of
 * features, no FEATURES_OK, a queue named by one page number, its size the device's. The driver may
 * use a queue before DRIVER_OK.
 *
 * <p>Thread: safe by the monitor of the device; {@link #notifyQueue} takes none once the device
 * runs.
 */
public final class LegacyDriver {

  private static final int PAGE_SHIFT = 12;
  private static final long PAGE_BYTES = 1L << PAGE_SHIFT;
  private static final long DESCRIPTOR_BYTES = 16;
  private static final long AVAIL_HEAD_BYTES = 6; // flags, index, used_event

  private final VirtioDevice device;

  /** The same device, by another interface. */
  public LegacyDriver(VirtioDevice device) {
    this.device = device;
  }

  /** What is offered. */
  public int features() {
    return device.offeredFeatures(0);
  }

  /** The driver accepts features; what was not offered is left out, as it can't be refused. */
  public void accept(int word) {
    synchronized (device) {
      if (device.asLegacy()) {
        device.driverFeatures(0, word & features());
      }
    }
  }

  /** What the driver accepted. */
  public int accepted() {
    return device.driverFeatures(0);
  }

  /** The driver writes the status; 0 asks for a reset. */
  public void status(int value) {
    synchronized (device) {
      if (value != 0) {
        device.asLegacy();
      }
      device.status(value);
    }
  }

  /** The page that a queue begins in; 0 where there is none. */
  public int queuePage(int index) {
    return (int) (device.queueAddress(index, QueueArea.DESCRIPTOR) >>> PAGE_SHIFT);
  }

  /**
   * The driver says which page a queue begins in, which enables it. With 0 it takes the queue back;
   * there is no way to do that to one queue of a device that runs, so that is a reset of it all.
   */
  public void queuePage(int index, int page) {
    synchronized (device) {
      if (!device.asLegacy()) {
        return;
      }
      if (page == 0) {
        takeBack(index);
        return;
      }
      int size = device.queueMaxSize(index);
      long descriptors = Integer.toUnsignedLong(page) << PAGE_SHIFT;
      long avail = descriptors + DESCRIPTOR_BYTES * size;
      long used = (avail + AVAIL_HEAD_BYTES + 2L * size + PAGE_BYTES - 1) & -PAGE_BYTES;
      name(index, QueueArea.DESCRIPTOR, descriptors);
      name(index, QueueArea.DRIVER, avail);
      name(index, QueueArea.DEVICE, used);
      device.enableQueue(index);
    }
  }

  /** There is something in a queue, the driver says; that starts a device which does not run. */
  public void notifyQueue(int index) {
    if (device.isInactive()) {
      device.startEarly();
    }
    device.notifyQueue(index);
  }

  private void takeBack(int index) {
    if (device.isInactive()) {
      device.disableQueue(index);
    } else {
      device.status(0);
    }
  }

  private void name(int index, QueueArea area, long address) {
    device.queueAddress(index, area, false, (int) address);
    device.queueAddress(index, area, true, (int) (address >>> 32));
  }
}

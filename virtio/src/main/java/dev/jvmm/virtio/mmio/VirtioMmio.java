package dev.jvmm.virtio.mmio;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.Named;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.virtio.device.QueueArea;
import dev.jvmm.virtio.device.VirtioDevice;

/**
 * The registers of a virtio device on a memory-mapped bus (virtio 1.2, 4.2.2), version 2.
 *
 * <p>Not emulated: the legacy interface (version 1); shared memory regions, so their length and
 * base read all ones. Registers are 32 bits wide and aligned, the configuration is of any width;
 * any other access reads all ones or is ignored.
 *
 * <p>Thread: safe: the selectors by the monitor of this object, which comes before the device's. A
 * notification and the acknowledgement of an interrupt take neither.
 */
public final class VirtioMmio implements BusDevice, Named, Resettable {

  /** Bytes of the address space that it takes. */
  public static final long SIZE_BYTES = 0x200;

  /** Where a queue's number is written to notify it, in 32 bits. */
  public static final int QUEUE_NOTIFY = 0x050;

  private static final int MAGIC_VALUE = 0x000;
  private static final int VERSION = 0x004;
  private static final int DEVICE_ID = 0x008;
  private static final int VENDOR_ID = 0x00C;
  private static final int DEVICE_FEATURES = 0x010;
  private static final int DEVICE_FEATURES_SEL = 0x014;
  private static final int DRIVER_FEATURES = 0x020;
  private static final int DRIVER_FEATURES_SEL = 0x024;
  private static final int QUEUE_SEL = 0x030;
  private static final int QUEUE_SIZE_MAX = 0x034;
  private static final int QUEUE_SIZE = 0x038;
  private static final int QUEUE_READY = 0x044;
  private static final int INTERRUPT_STATUS = 0x060;
  private static final int INTERRUPT_ACK = 0x064;
  private static final int STATUS = 0x070;
  private static final int QUEUE_DESC_LOW = 0x080;
  private static final int QUEUE_DESC_HIGH = 0x084;
  private static final int QUEUE_DRIVER_LOW = 0x090;
  private static final int QUEUE_DRIVER_HIGH = 0x094;
  private static final int QUEUE_DEVICE_LOW = 0x0A0;
  private static final int QUEUE_DEVICE_HIGH = 0x0A4;
  private static final int QUEUE_RESET = 0x0C0;
  private static final int CONFIG_GENERATION = 0x0FC;
  private static final int CONFIG = 0x100;

  private static final int MAGIC = 0x74726976; // "virt"
  private static final int VENDOR = 0x4D4D564A; // "JVMM"

  /** Drivers of this transport don't look whether a reset is done; a vCPU waits no longer. */
  private static final long RESET_WAIT_MILLIS = 100;

  private final VirtioDevice device;
  private final MmioInterrupts interrupts;
  private int deviceFeaturesSel;
  private int driverFeaturesSel;
  private int queueSel;

  /** Takes the interrupts that {@code device} was made with. */
  public VirtioMmio(VirtioDevice device, MmioInterrupts interrupts) {
    this.device = device;
    this.interrupts = interrupts;
  }

  @Override
  public String name() {
    return device.origin().device();
  }

  /** A system reset. */
  @Override
  public void reset() {
    synchronized (this) {
      deviceFeaturesSel = 0;
      driverFeaturesSel = 0;
      queueSel = 0;
    }
    device.reset();
  }

  @Override
  public long read(long offset, int size) {
    if (offset >= CONFIG) {
      return device.readConfig((int) (offset - CONFIG), size);
    }
    if (size != 4 || offset % 4 != 0) {
      return ALL_ONES;
    }
    return (int) offset == INTERRUPT_STATUS ? interrupts.status() : register((int) offset);
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset >= CONFIG) {
      device.writeConfig((int) (offset - CONFIG), size, value);
      return;
    }
    if (size != 4 || offset % 4 != 0) {
      return;
    }
    switch ((int) offset) {
      case QUEUE_NOTIFY -> device.notifyQueue((int) value);
      case INTERRUPT_ACK -> interrupts.acknowledge((int) value);
      default -> register((int) offset, (int) value);
    }
  }

  private synchronized long register(int offset) {
    return switch (offset) {
      case MAGIC_VALUE -> MAGIC;
      case VERSION -> 2;
      case DEVICE_ID -> device.deviceId();
      case VENDOR_ID -> VENDOR;
      case DEVICE_FEATURES -> device.offeredFeatures(deviceFeaturesSel);
      case QUEUE_SIZE_MAX -> device.queueMaxSize(queueSel);
      case QUEUE_READY -> device.queueEnabled(queueSel) ? 1 : 0;
      case STATUS -> device.status();
      case QUEUE_RESET -> device.queueResetting(queueSel) ? 1 : 0;
      case CONFIG_GENERATION -> device.configGeneration();
      default -> ALL_ONES; // shared memory, what is only written, what is not there
    };
  }

  private synchronized void register(int offset, int value) {
    switch (offset) {
      case DEVICE_FEATURES_SEL -> deviceFeaturesSel = value;
      case DRIVER_FEATURES_SEL -> driverFeaturesSel = value;
      case DRIVER_FEATURES -> device.driverFeatures(driverFeaturesSel, value);
      case QUEUE_SEL -> queueSel = value;
      case QUEUE_SIZE -> device.queueSize(queueSel, value);
      case QUEUE_READY -> ready(value);
      case STATUS -> status(value);
      case QUEUE_DESC_LOW -> address(QueueArea.DESCRIPTOR, false, value);
      case QUEUE_DESC_HIGH -> address(QueueArea.DESCRIPTOR, true, value);
      case QUEUE_DRIVER_LOW -> address(QueueArea.DRIVER, false, value);
      case QUEUE_DRIVER_HIGH -> address(QueueArea.DRIVER, true, value);
      case QUEUE_DEVICE_LOW -> address(QueueArea.DEVICE, false, value);
      case QUEUE_DEVICE_HIGH -> address(QueueArea.DEVICE, true, value);
      case QUEUE_RESET -> {
        if (value == 1) {
          device.resetQueue(queueSel);
        }
      }
      default -> {} // what is only read, what is not there
    }
  }

  private void ready(int value) {
    switch (value) {
      case 0 -> device.disableQueue(queueSel);
      case 1 -> device.enableQueue(queueSel);
      default -> {} // 4.2.2: no other value means anything
    }
  }

  private void status(int value) {
    device.status(value & 0xFF);
    if ((value & 0xFF) == 0) {
      device.awaitReset(RESET_WAIT_MILLIS);
    }
  }

  private void address(QueueArea area, boolean high, int word) {
    device.queueAddress(queueSel, area, high, word);
  }
}

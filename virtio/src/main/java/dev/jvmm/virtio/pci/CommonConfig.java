package dev.jvmm.virtio.pci;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.virtio.device.QueueArea;
import dev.jvmm.virtio.device.VirtioDevice;

/**
 * The common configuration structure (virtio 1.2, 4.1.4.3): features, status, and the queue that is
 * selected.
 *
 * <p>A field takes accesses of its own width at its own offset; those of 64 bits take their halves
 * (4.1.3.1). 8 bytes at once are two accesses of 4, the lower first. Any other access reads all
 * ones or is ignored. Not emulated: NOTIF_CONFIG_DATA, so queue_notify_data reads all ones.
 *
 * <p>Thread: safe by its monitor, which comes before the device's.
 */
final class CommonConfig implements BusDevice {

  static final int LENGTH = 0x3C;

  private static final int DEVICE_FEATURE_SELECT = 0x00;
  private static final int DEVICE_FEATURE = 0x04;
  private static final int DRIVER_FEATURE_SELECT = 0x08;
  private static final int DRIVER_FEATURE = 0x0C;
  private static final int CONFIG_MSIX_VECTOR = 0x10;
  private static final int NUM_QUEUES = 0x12;
  private static final int DEVICE_STATUS = 0x14;
  private static final int CONFIG_GENERATION = 0x15;
  private static final int QUEUE_SELECT = 0x16;
  private static final int QUEUE_SIZE = 0x18;
  private static final int QUEUE_MSIX_VECTOR = 0x1A;
  private static final int QUEUE_ENABLE = 0x1C;
  private static final int QUEUE_NOTIFY_OFF = 0x1E;
  private static final int QUEUE_DESC = 0x20;
  private static final int QUEUE_DRIVER = 0x28;
  private static final int QUEUE_DEVICE = 0x30;
  private static final int QUEUE_RESET = 0x3A;

  private final VirtioDevice device;
  private final VirtioPciInterrupts interrupts;
  private int deviceFeatureSelect;
  private int driverFeatureSelect;
  private int queueSelect;

  CommonConfig(VirtioDevice device, VirtioPciInterrupts interrupts) {
    this.device = device;
    this.interrupts = interrupts;
  }

  /** The selectors as at power-on; the rest is the device's. */
  synchronized void reset() {
    deviceFeatureSelect = 0;
    driverFeatureSelect = 0;
    queueSelect = 0;
  }

  @Override
  public synchronized long read(long offset, int size) {
    return switch (size) {
      case 1 -> readByte((int) offset);
      case 2 -> readWord((int) offset);
      case 4 -> readDword((int) offset);
      default ->
          Integer.toUnsignedLong(readDword((int) offset))
              | ((long) readDword((int) offset + 4) << 32);
    };
  }

  @Override
  public synchronized void write(long offset, int size, long value) {
    switch (size) {
      case 1 -> writeByte((int) offset, (int) value & 0xFF);
      case 2 -> writeWord((int) offset, (int) value & 0xFFFF);
      case 4 -> writeDword((int) offset, (int) value);
      default -> {
        writeDword((int) offset, (int) value);
        writeDword((int) offset + 4, (int) (value >>> 32));
      }
    }
  }

  private int readByte(int offset) {
    return switch (offset) {
      case DEVICE_STATUS -> device.status();
      case CONFIG_GENERATION -> device.configGeneration();
      default -> (int) ALL_ONES;
    };
  }

  private int readWord(int offset) {
    return switch (offset) {
      case CONFIG_MSIX_VECTOR -> interrupts.configVector();
      case NUM_QUEUES -> device.queueCount();
      case QUEUE_SELECT -> queueSelect;
      case QUEUE_SIZE -> device.queueSize(queueSelect);
      case QUEUE_MSIX_VECTOR -> interrupts.queueVector(queueSelect);
      case QUEUE_ENABLE -> device.queueEnabled(queueSelect) ? 1 : 0;
      case QUEUE_NOTIFY_OFF -> queueSelect; // an address for each queue
      case QUEUE_RESET -> device.queueResetting(queueSelect) ? 1 : 0;
      default -> (int) ALL_ONES;
    };
  }

  private int readDword(int offset) {
    return switch (offset) {
      case DEVICE_FEATURE_SELECT -> deviceFeatureSelect;
      case DEVICE_FEATURE -> device.offeredFeatures(deviceFeatureSelect);
      case DRIVER_FEATURE_SELECT -> driverFeatureSelect;
      case DRIVER_FEATURE -> device.driverFeatures(driverFeatureSelect);
      case QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE -> (int) address(offset);
      case QUEUE_DESC + 4, QUEUE_DRIVER + 4, QUEUE_DEVICE + 4 -> (int) (address(offset) >>> 32);
      default -> (int) ALL_ONES;
    };
  }

  private void writeByte(int offset, int value) {
    if (offset == DEVICE_STATUS) {
      device.status(value);
    }
  }

  private void writeWord(int offset, int value) {
    switch (offset) {
      case CONFIG_MSIX_VECTOR -> interrupts.configVector(value);
      case QUEUE_SELECT -> queueSelect = value;
      case QUEUE_SIZE -> device.queueSize(queueSelect, value);
      case QUEUE_MSIX_VECTOR -> interrupts.queueVector(queueSelect, value);
      case QUEUE_ENABLE -> {
        if (value == 1) { // 4.1.4.3.2: a driver does not write 0
          device.enableQueue(queueSelect);
        }
      }
      case QUEUE_RESET -> {
        if (value == 1) {
          device.resetQueue(queueSelect);
        }
      }
      default -> {} // what is only read, what is not there
    }
  }

  private void writeDword(int offset, int value) {
    switch (offset) {
      case DEVICE_FEATURE_SELECT -> deviceFeatureSelect = value;
      case DRIVER_FEATURE_SELECT -> driverFeatureSelect = value;
      case DRIVER_FEATURE -> device.driverFeatures(driverFeatureSelect, value);
      case QUEUE_DESC, QUEUE_DRIVER, QUEUE_DEVICE -> address(offset, false, value);
      case QUEUE_DESC + 4, QUEUE_DRIVER + 4, QUEUE_DEVICE + 4 -> address(offset, true, value);
      default -> {} // what is only read, what is not there
    }
  }

  private long address(int offset) {
    return device.queueAddress(queueSelect, area(offset));
  }

  private void address(int offset, boolean high, int word) {
    device.queueAddress(queueSelect, area(offset), high, word);
  }

  private static QueueArea area(int offset) {
    return offset < QUEUE_DRIVER
        ? QueueArea.DESCRIPTOR
        : offset < QUEUE_DEVICE ? QueueArea.DRIVER : QueueArea.DEVICE;
  }
}

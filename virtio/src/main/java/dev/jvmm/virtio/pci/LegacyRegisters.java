package dev.jvmm.virtio.pci;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.Named;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.virtio.device.LegacyDriver;
import dev.jvmm.virtio.device.VirtioDevice;

/**
 * The I/O BAR of a transitional function (virtio 1.2, 4.1.4.10; virtio 0.9.5, 2.2.2): a header of
 * 20 bytes, or of 24 while MSI-X is on, and behind it the device's configuration.
 *
 * <p>A register takes accesses of its own width at its own offset; any other reads all ones or is
 * ignored.
 *
 * <p>Thread: safe: the selector by the monitor of this object, which comes before the device's. A
 * notification takes it not.
 */
public final class LegacyRegisters implements BusDevice, Named, Resettable {

  /** How large the BAR is: header and the configuration of any type of device. */
  public static final int BAR_BYTES = 0x80;

  /** Where a queue's number is written to notify it, in 16 bits. */
  public static final int QUEUE_NOTIFY = 0x10;

  private static final int DEVICE_FEATURES = 0x00;
  private static final int DRIVER_FEATURES = 0x04;
  private static final int QUEUE_ADDRESS = 0x08;
  private static final int QUEUE_SIZE = 0x0C;
  private static final int QUEUE_SELECT = 0x0E;
  private static final int DEVICE_STATUS = 0x12;
  private static final int ISR_STATUS = 0x13;
  private static final int HEADER_BYTES = 0x14;
  private static final int CONFIG_MSIX_VECTOR = 0x14;
  private static final int QUEUE_MSIX_VECTOR = 0x16;
  private static final int HEADER_BYTES_MSIX = 0x18;

  private final VirtioDevice device;
  private final LegacyDriver legacy;
  private final VirtioPciInterrupts interrupts;
  private int queueSelect;

  /** Takes the interrupts that {@code device} was made with. */
  public LegacyRegisters(VirtioDevice device, VirtioPciInterrupts interrupts) {
    this.device = device;
    this.legacy = new LegacyDriver(device);
    this.interrupts = interrupts;
  }

  /** The selector as at power-on; the rest is the device's. */
  @Override
  public String name() {
    return device.origin().device();
  }

  @Override
  public synchronized void reset() {
    queueSelect = 0;
  }

  @Override
  public long read(long offset, int size) {
    int header = headerBytes();
    if (offset >= header) {
      return device.readConfig((int) offset - header, size);
    }
    return switch (size) {
      case 1 -> readByte((int) offset);
      case 2 -> readWord((int) offset);
      case 4 -> readDword((int) offset);
      default -> ALL_ONES;
    };
  }

  @Override
  public void write(long offset, int size, long value) {
    int header = headerBytes();
    if (offset >= header) {
      device.writeConfig((int) offset - header, size, value);
      return;
    }
    switch (size) {
      case 1 -> {
        if (offset == DEVICE_STATUS) {
          legacy.status((int) value & 0xFF);
        }
      }
      case 2 -> writeWord((int) offset, (int) value & 0xFFFF);
      case 4 -> writeDword((int) offset, (int) value);
      default -> {} // no register is so wide
    }
  }

  /** It moves when MSI-X is switched on or off: drivers know where to look. */
  private int headerBytes() {
    return interrupts.byMessage() ? HEADER_BYTES_MSIX : HEADER_BYTES;
  }

  private int readByte(int offset) {
    return switch (offset) {
      case DEVICE_STATUS -> device.status();
      case ISR_STATUS -> interrupts.acknowledge();
      default -> (int) ALL_ONES;
    };
  }

  private synchronized int readWord(int offset) {
    return switch (offset) {
      case QUEUE_SIZE -> device.queueMaxSize(queueSelect);
      case QUEUE_SELECT -> queueSelect;
      case CONFIG_MSIX_VECTOR -> interrupts.configVector();
      case QUEUE_MSIX_VECTOR -> interrupts.queueVector(queueSelect);
      default -> (int) ALL_ONES;
    };
  }

  private synchronized int readDword(int offset) {
    return switch (offset) {
      case DEVICE_FEATURES -> legacy.features();
      case DRIVER_FEATURES -> legacy.accepted();
      case QUEUE_ADDRESS -> legacy.queuePage(queueSelect);
      default -> (int) ALL_ONES;
    };
  }

  private void writeWord(int offset, int value) {
    if (offset == QUEUE_NOTIFY) {
      legacy.notifyQueue(value);
    } else {
      writeSelected(offset, value);
    }
  }

  private synchronized void writeSelected(int offset, int value) {
    switch (offset) {
      case QUEUE_SELECT -> queueSelect = value;
      case CONFIG_MSIX_VECTOR -> interrupts.configVector(value);
      case QUEUE_MSIX_VECTOR -> interrupts.queueVector(queueSelect, value);
      default -> {} // what is only read, what is not there
    }
  }

  private synchronized void writeDword(int offset, int value) {
    switch (offset) {
      case DRIVER_FEATURES -> legacy.accept(value);
      case QUEUE_ADDRESS -> legacy.queuePage(queueSelect, value);
      default -> {} // what is only read, what is not there
    }
  }
}

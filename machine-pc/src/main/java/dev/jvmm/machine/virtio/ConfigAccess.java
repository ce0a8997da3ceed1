package dev.jvmm.machine.virtio;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.machine.pci.Capability;

/**
 * The capability that leads into the BAR by way of configuration space (virtio 1.2, 4.1.4.9), for
 * firmware that has not mapped it: bar, offset and length say where, and each access to the data is
 * an access there.
 *
 * <p>Where these say nothing that can be, reads are all ones and writes go nowhere.
 *
 * <p>Thread: as {@link Capability}; the BAR's device is called under the monitor of the function.
 */
final class ConfigAccess implements Capability {

  private static final int CFG_TYPE = 5;
  private static final int BYTES = 20;
  private static final int HEAD_BYTES = 2; // id and next pointer are not the body's

  // From the start of the capability.
  private static final int CAP_LEN = 2;
  private static final int TYPE = 3;
  private static final int BAR = 4;
  private static final int OFFSET = 8;
  private static final int LENGTH = 12;
  private static final int DATA = 16;

  private final int bar;
  private final int barBytes;
  private final BusDevice device;

  /** Leads to {@code device}, which is {@code barBytes} long. */
  ConfigAccess(int bar, int barBytes, BusDevice device) {
    this.bar = bar;
    this.barBytes = barBytes;
    this.device = device;
  }

  @Override
  public int id() {
    return VirtioCapability.VENDOR_SPECIFIC;
  }

  @Override
  public byte[] body() {
    byte[] body = new byte[BYTES - HEAD_BYTES];
    body[CAP_LEN - HEAD_BYTES] = BYTES;
    body[TYPE - HEAD_BYTES] = CFG_TYPE;
    return body;
  }

  @Override
  public byte[] writable() {
    byte[] writable = new byte[BYTES - HEAD_BYTES];
    writable[BAR - HEAD_BYTES] = -1;
    for (int i = OFFSET; i < BYTES; i++) {
      writable[i - HEAD_BYTES] = -1;
    }
    return writable;
  }

  @Override
  public void reading(Registers registers, int offset, int size) {
    if (offset + size > DATA) {
      int length = length(registers);
      registers.set(DATA, 4, (int) BusDevice.ALL_ONES);
      if (length != 0) {
        registers.set(DATA, length, (int) device.read(registers.get(OFFSET, 4), length));
      }
    }
  }

  @Override
  public void written(Registers registers, int offset, int size) {
    int length = length(registers);
    if (offset + size > DATA && length != 0) {
      long value = Integer.toUnsignedLong(registers.get(DATA, length));
      device.write(registers.get(OFFSET, 4), length, value);
    }
  }

  @Override
  public void reset() {}

  /**
   * How many bytes an access has, 0 where it can't be. The attack that it stops: an offset or a
   * length that reaches behind the BAR.
   */
  private int length(Registers registers) {
    int length = registers.get(LENGTH, 4);
    long offset = Integer.toUnsignedLong(registers.get(OFFSET, 4));
    if (registers.get(BAR, 1) != bar || (length != 1 && length != 2 && length != 4)) {
      return 0;
    }
    return offset % length == 0 && offset <= barBytes - length ? length : 0;
  }
}

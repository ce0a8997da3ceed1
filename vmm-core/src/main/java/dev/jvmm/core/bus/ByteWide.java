package dev.jvmm.core.bus;

/**
 * A device on an eight-bit bus: a wider access reaches it as one access a byte, the lowest first,
 * as the chipset of a PC splits it ({@code outw} to 0x70 sets the index and writes the datum).
 *
 * <p>Thread: as the device behind it; the bytes of one access are not one unit.
 *
 * @param device what sees bytes only
 */
public record ByteWide(BusDevice device) implements BusDevice {

  @Override
  public long read(long offset, int size) {
    if (size == 1) {
      return device.read(offset, 1);
    }
    long value = 0;
    for (int i = 0; i < size; i++) {
      value |= (device.read(offset + i, 1) & 0xFF) << (8 * i);
    }
    return value;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size == 1) {
      device.write(offset, 1, value);
      return;
    }
    for (int i = 0; i < size; i++) {
      device.write(offset + i, 1, (value >>> (8 * i)) & 0xFF);
    }
  }
}

package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.BusDevice;

/**
 * Port 0x80, where firmware shows its progress (power-on self test codes) and where a guest writes
 * to pass a microsecond; it reads back, as the DMA page register that it also is.
 *
 * <p>Thread: safe by a volatile.
 */
public final class PostPort implements BusDevice {

  /** Where it is, one byte wide. */
  public static final int PORT = 0x80;

  private volatile int code;

  /** A port that shows 0. */
  public PostPort() {}

  /** What the guest wrote last. */
  public int code() {
    return code;
  }

  @Override
  public long read(long offset, int size) {
    return size == 1 ? code : ALL_ONES;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (size == 1) {
      code = (int) value & 0xFF;
    }
  }
}

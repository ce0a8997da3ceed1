package dev.jvmm.core.bus;

/**
 * A device whose accesses go one at a time, for devices that are not thread-safe by themselves.
 *
 * <p>Thread: safe by the monitor of the device that it wraps, so the device may take the same
 * monitor for its timers and back ends ({@code synchronized (this)}). Nothing else is locked while
 * it is held but the leaf locks of interrupt lines and character devices.
 *
 * @param device what is behind the lock
 */
public record Locked(BusDevice device) implements BusDevice {

  @Override
  public long read(long offset, int size) {
    synchronized (device) {
      return device.read(offset, size);
    }
  }

  @Override
  public void write(long offset, int size, long value) {
    synchronized (device) {
      device.write(offset, size, value);
    }
  }
}

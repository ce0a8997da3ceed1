package dev.jvmm.virtio.device;

import dev.jvmm.core.bus.BusDevice;

/**
 * The device-specific configuration (virtio 1.2, 2.5), little-endian.
 *
 * <p>One that the driver can change is {@link dev.jvmm.core.state.Resettable} too: it goes back to
 * what it was when the device's reset is done.
 *
 * <p>Thread: called under the monitor of its {@link VirtioDevice}, on vCPU threads. A device that
 * changes a field by itself does so in {@link VirtioDevice#changeConfig}.
 */
public interface ConfigSpace {

  /** Of a device that has none: all ones, deaf. */
  ConfigSpace EMPTY =
      new ConfigSpace() {
        @Override
        public long read(int offset, int size) {
          return BusDevice.ALL_ONES;
        }

        @Override
        public void write(int offset, int size, long value) {
          // nothing is there
        }
      };

  /**
   * Answers a load.
   *
   * @param offset what the guest picked, 0 or more, perhaps far behind the last field
   * @param size 1, 2, 4 or 8 bytes
   * @return the value; all ones where there is no field
   */
  long read(int offset, int size);

  /** Takes a store; what can't be written ignores it. */
  void write(int offset, int size, long value);
}

package dev.jvmm.virtio.vsock;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.virtio.device.ConfigSpace;

/**
 * The configuration of the socket device: the guest's address, 64 bits of which the upper half is
 * zero (virtio 1.2, 5.10.4). Nothing of it can be written.
 *
 * <p>Thread: immutable.
 */
record VsockSpace(long cid) implements ConfigSpace {

  @Override
  public long read(int offset, int size) {
    return offset <= Long.BYTES - size ? cid >>> (8 * offset) : BusDevice.ALL_ONES;
  }

  @Override
  public void write(int offset, int size, long value) {
    // nothing can be
  }
}

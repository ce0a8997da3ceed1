package dev.jvmm.virtio.mmio;

import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.queue.DriverSide;

/** What an honest driver writes to the registers. */
final class MmioDriver {

  private MmioDriver() {}

  /** Queue 0 of a device in front of which nobody is, and DRIVER_OK. */
  static void bringUp(VirtioMmio mmio, DriverSide queue) {
    long[][] writes = {
      {0x070, 1},
      {0x070, 3},
      {0x024, 0},
      {0x020, Features.EVENT_IDX},
      {0x024, 1},
      {0x020, 1},
      {0x070, 11},
      {0x030, 0},
      {0x038, queue.addresses().size()},
      {0x080, queue.addresses().descriptors()},
      {0x084, 0},
      {0x090, queue.addresses().avail()},
      {0x094, 0},
      {0x0A0, queue.addresses().used()},
      {0x0A4, 0},
      {0x044, 1},
      {0x070, 15},
    };
    for (long[] write : writes) {
      mmio.write(write[0], 4, write[1]);
    }
  }
}

package dev.jvmm.virtio.pci;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.Named;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.virtio.device.VirtioDevice;

/**
 * The memory BAR of a virtio function (virtio 1.2, 4.1.4): four structures, a page each, which the
 * function's capabilities name.
 *
 * <p>Not emulated: shared memory regions, VIRTIO_PCI_CAP_VENDOR_CFG. What is read where there is no
 * field is all ones; an access across two structures reaches neither.
 *
 * <p>Thread: safe: common configuration and ISR by a monitor of their own, which come before the
 * device's; a notification takes none.
 */
public final class VirtioPci implements BusDevice, Named, Resettable {

  /** How large the BAR is. */
  public static final int BAR_BYTES = 0x4000;

  /** Bytes from one queue's address in {@link Structure#NOTIFY} to the next one's. */
  public static final int NOTIFY_MULTIPLIER = 4;

  /** As many queues as have an address to notify them by. */
  public static final int MAX_QUEUES = Structure.BYTES / NOTIFY_MULTIPLIER;

  /** What the BAR consists of. */
  public enum Structure {
    /** Features, status, queues. */
    COMMON(1, 0x0000),
    /** What says which interrupt it was. */
    ISR(3, 0x1000),
    /** The configuration that belongs to the type of device. */
    DEVICE(4, 0x2000),
    /** An address for each queue. */
    NOTIFY(2, 0x3000);

    /** How large each is. */
    public static final int BYTES = 0x1000;

    private final int type;
    private final int offset;

    Structure(int type, int offset) {
      this.type = type;
      this.offset = offset;
    }

    /** The cfg_type of its capability. */
    public int type() {
      return type;
    }

    /** Where it begins in the BAR. */
    public int offset() {
      return offset;
    }
  }

  private static final Structure[] STRUCTURES = Structure.values();

  private final VirtioDevice device;
  private final VirtioPciInterrupts interrupts;
  private final CommonConfig common;

  /** Takes the interrupts that {@code device} was made with. */
  public VirtioPci(VirtioDevice device, VirtioPciInterrupts interrupts) {
    if (device.queueCount() > MAX_QUEUES) {
      throw new IllegalArgumentException(device.queueCount() + " queues");
    }
    this.device = device;
    this.interrupts = interrupts;
    this.common = new CommonConfig(device, interrupts);
  }

  @Override
  public String name() {
    return device.origin().device();
  }

  /** A system reset. */
  @Override
  public void reset() {
    common.reset();
    device.reset();
  }

  @Override
  public long read(long offset, int size) {
    int at = (int) offset % Structure.BYTES;
    if (at > Structure.BYTES - size) {
      return ALL_ONES;
    }
    return switch (STRUCTURES[(int) offset / Structure.BYTES]) {
      case COMMON -> common.read(at, size);
      case ISR -> at == 0 ? interrupts.acknowledge() : ALL_ONES;
      case DEVICE -> device.readConfig(at, size);
      case NOTIFY -> ALL_ONES; // 4.1.4.4: only written
    };
  }

  @Override
  public void write(long offset, int size, long value) {
    int at = (int) offset % Structure.BYTES;
    if (at > Structure.BYTES - size) {
      return;
    }
    switch (STRUCTURES[(int) offset / Structure.BYTES]) {
      case COMMON -> common.write(at, size, value);
      case ISR -> {} // 4.1.4.5: only read
      case DEVICE -> device.writeConfig(at, size, value);
      case NOTIFY -> device.notifyQueue(at / NOTIFY_MULTIPLIER); // whatever is written
    }
  }
}

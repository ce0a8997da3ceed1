package dev.jvmm.it.example;

// @start region="device"
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.machine.CustomDevice;
import dev.jvmm.machine.DeviceSlots;
import dev.jvmm.machine.pci.Bar;
import dev.jvmm.machine.pci.PciIdentity;

/** A thermometer in thousandths of a degree: at ports, at an address, and on the PCI bus. */
public final class Thermometer implements BusDevice, CustomDevice {

  private static final PciIdentity IDENTITY = new PciIdentity(0x1234, 0x0517, 1, 0x118000, 0, 0);

  private volatile int milliCelsius = 21_500;

  /** A thermometer at room temperature. */
  public Thermometer() {}

  @Override
  public void plug(DeviceSlots slots) {
    slots.ports(0x700, 4, this);
    slots.memory(0xFED80000L, 0x1000, this);
    slots.pci(IDENTITY).bar(Bar.memory32(0, 0x1000, this)).build();
  }

  @Override
  public long read(long offset, int size) { // on the vCPU's thread; the bus cuts it to size
    return offset < 4 ? Integer.toUnsignedLong(milliCelsius) >>> (8 * offset) : ALL_ONES;
  }

  @Override
  public void write(long offset, int size, long value) {
    if (offset == 0 && size == 4) {
      milliCelsius = (int) value;
    }
  }
}
// @end

package dev.jvmm.machine.legacy;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.machine.pci.Chipset;
import dev.jvmm.machine.pci.ConfigPorts;
import dev.jvmm.machine.pci.PciBus;
import dev.jvmm.machine.pci.SendingVectors;
import java.util.Random;

/** Hostile accesses to configuration space, through the ports of a pc. */
class PciConfigPortsTest extends BusDeviceContract {

  private final Bus ports = new Bus("port");

  @Override
  protected BusDevice newDevice() {
    PciBus bus =
        new PciBus(
            new PciBus.Wiring(
                ports,
                new Bus("memory"),
                gsi -> level -> {},
                (address, data) -> {},
                SendingVectors.NONE));
    Chipset.addTo(bus, 0x600);
    new ConfigPorts(bus, ConfigPorts.State.POWER_ON).mapOn(ports);
    return new BusDevice() {
      @Override
      public long read(long offset, int size) {
        return ports.read(0xCF8 + offset, size);
      }

      @Override
      public void write(long offset, int size, long value) {
        ports.write(0xCF8 + offset, size, value);
      }
    };
  }

  @Override
  protected int length() {
    return 8;
  }

  @Override
  protected void meanwhile(Random random) {
    ports.write(0xCF8, 4, 0x8000_0000L | random.nextInt(0x1000)); // slots 0 and 1
  }
}

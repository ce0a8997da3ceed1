package dev.jvmm.machine.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.bus.Bus;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class MsixAllocationTest {

  private static final int CAPABILITY = 0x40;
  private static final long TABLE = 0xE000_0000L;
  private static final int WARM_RUNS = 20_000;
  private static final int RUNS = 1_000;

  private final Bus ports = new Bus("port");
  private final Bus memory = new Bus("memory");
  private int sent;

  @Test
  void fire_allocatesNothingOnceWarm() {
    Msix msix = enabled();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    fire(msix, WARM_RUNS);
    threads.getCurrentThreadAllocatedBytes();
    long before = threads.getCurrentThreadAllocatedBytes();
    fire(msix, RUNS);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    assertThat(allocated).isZero();
    assertThat(sent).isEqualTo(WARM_RUNS + RUNS);
  }

  /** Vector 0 is sent; vector 1 is masked and held back. */
  private static void fire(Msix msix, int times) {
    for (int i = 0; i < times; i++) {
      msix.fire(0);
      msix.fire(1);
    }
  }

  private Msix enabled() {
    PciBus bus =
        new PciBus(
            new PciBus.Wiring(
                ports,
                memory,
                gsi -> level -> {},
                (address, data) -> {},
                new SendingVectors((address, data) -> sent++)));
    PciFunction.Builder builder =
        bus.function(new PciAddress(2, 0), new PciIdentity(0x1AF4, 0x1042, 1, 0x01_0000, 7, 9));
    builder.intx();
    Msix msix = builder.msix(1, 2);
    builder.build();
    new ConfigPorts(bus, ConfigPorts.State.POWER_ON).mapOn(ports);
    GuestPorts guest = new GuestPorts(ports);
    guest.write(2, 0, 0x14, 4, TABLE);
    guest.write(2, 0, 0x04, 2, 6); // memory and bus master
    memory.write(TABLE, 8, 0xFEE0_0000L);
    memory.write(TABLE + 8, 4, 0x41);
    memory.write(TABLE + 12, 4, 0);
    guest.write(2, 0, CAPABILITY + 2, 2, 0x8000);
    return msix;
  }
}

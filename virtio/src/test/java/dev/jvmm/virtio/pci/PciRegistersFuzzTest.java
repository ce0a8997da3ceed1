package dev.jvmm.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.FuzzInput;

/**
 * Accesses of any kind to the BARs of a virtio function, as {@link FuzzedAccesses} reads them. The
 * first octet says by its lowest bit whether MSI-X is on.
 */
class PciRegistersFuzzTest {

  /** The BARs side by side: what is behind the memory BAR are the ports. */
  private static final int PORTS = VirtioPci.BAR_BYTES;

  private static final int BOTH = PORTS + LegacyRegisters.BAR_BYTES;

  private static final GuestMemory MEMORY = DriverSide.ram();

  @FuzzTest
  void modern(byte[] bytes) {
    PciDriver driver = driver();
    fuzz(
        driver,
        bytes,
        driver.bar,
        VirtioPci.BAR_BYTES,
        (offset, size, value) -> offset == PciDriver.STATUS);
    assertWorks(driver);
  }

  @FuzzTest
  void legacy(byte[] bytes) {
    PciDriver driver = driver();
    fuzz(driver, bytes, driver.ports, LegacyRegisters.BAR_BYTES, (offset, size, value) -> true);
    assertWorks(driver);
  }

  @FuzzTest
  void transitional(byte[] bytes) {
    PciDriver driver = driver();
    fuzz(driver, bytes, new SideBySide(driver), BOTH, (offset, size, value) -> true);
    assertWorks(driver);
  }

  private static PciDriver driver() {
    FuzzedAccesses.clear(MEMORY);
    return new PciDriver(MEMORY);
  }

  private static void fuzz(
      PciDriver driver,
      byte[] bytes,
      BusDevice registers,
      int sizeBytes,
      FuzzedAccesses.Resets resets) {
    FuzzInput input = new FuzzInput(bytes);
    driver.byMessage = (input.u8() & 1) != 0;
    new FuzzedAccesses(driver.device, MEMORY, driver.runner)
        .run(input, registers, sizeBytes, resets);
    assertThat(driver.fired).allMatch(vector -> vector >= 0 && vector < PciDriver.VECTORS);
  }

  private static void assertWorks(PciDriver driver) {
    driver.byMessage = false;
    driver.put(PciDriver.STATUS, 1, 0);
    assertThat(driver.get(PciDriver.STATUS, 1)).isZero();
    assertThat(driver.line).isFalse();
    DriverSide queue = driver.bringUp();
    driver.runner.runUntilIdle();
    driver.request(queue);
    assertThat(queue.take()).isNotNull();
    assertThat(driver.get(PciDriver.ISR, 1)).isEqualTo(1);
  }

  private record SideBySide(PciDriver driver) implements BusDevice {

    @Override
    public long read(long offset, int size) {
      return offset < PORTS
          ? driver.bar.read(offset, size)
          : driver.ports.read(offset - PORTS, size);
    }

    @Override
    public void write(long offset, int size, long value) {
      if (offset < PORTS) {
        driver.bar.write(offset, size, value);
      } else {
        driver.ports.write(offset - PORTS, size, value);
      }
    }
  }
}

package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.machine.MachineBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtio on MMIO as Linux finds and uses it, by the entropy device. */
@Tag("linux")
@FirstLevel(seconds = 40)
class VirtioMmioLinuxTest {

  private static final String READ = "dd if=/dev/hwrng bs=64 count=8 2>/dev/null | wc -c";
  private static final String DRIVERS = "load virtio_mmio virtio_rng";
  private static final int MORE_THAN_INTERRUPTS = 10;

  @ParameterizedTest
  @ValueSource(strings = {"acpi=on", "acpi=on,pic=off", "acpi=off"})
  void device_isFoundOnceAndServes(String parts) {
    try (Guest guest = Guest.boot(Guest.microvm().machine(parts).device("virtio-rng-device"))) {
      guest.run(DRIVERS);
      assertThat(guest.run("ls /sys/bus/virtio/devices")).isEqualTo("virtio0");
      assertThat(VirtioPciLinuxTest.features(guest)).isEqualTo("28 29 32");
      assertThat(guest.run(READ)).isEqualTo("512");
      assertThat(VirtioPciLinuxTest.interrupts(guest)).contains("virtio0");
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"acpi=on", "acpi=off"})
  void devices_shareInterrupts(String parts) {
    MachineBuilder machine = Guest.microvm().machine(parts);
    for (int i = 0; i < MORE_THAN_INTERRUPTS; i++) {
      machine.device("virtio-rng-device");
    }
    try (Guest guest = Guest.boot(machine)) {
      guest.run(DRIVERS);
      for (int i = 0; i < MORE_THAN_INTERRUPTS; i++) {
        guest.run("echo virtio_rng." + i + " >/sys/class/misc/hw_random/rng_current");
        assertThat(guest.run(READ)).isEqualTo("512");
      }
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ioeventfd=off", "event_idx=off,indirect_desc=off"})
  void properties_areWhatTheGuestSees(String properties) {
    try (Guest guest = Guest.boot(Guest.microvm().device("virtio-rng-device," + properties))) {
      guest.run(DRIVERS);
      assertThat(VirtioPciLinuxTest.features(guest))
          .isEqualTo(properties.startsWith("event") ? "32" : "28 29 32");
      assertThat(guest.run(READ)).isEqualTo("512");
    }
  }
}

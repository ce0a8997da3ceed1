package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.machine.MachineBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Virtio on MMIO as Linux finds and uses it, by the entropy device. */
@Tag("linux")
@FirstLevel(seconds = 35)
class VirtioMmioLinuxTest {

  private static final String READ = "dd if=/dev/hwrng bs=64 count=8 2>/dev/null | wc -c";
  private static final String DRIVERS = "load virtio_mmio virtio_rng";
  private static final int MORE_THAN_INTERRUPTS = 10;

  @ParameterizedTest
  @ValueSource(strings = {"acpi=on", "pic=off"})
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

  /** Debian's driver does not read the command line; others do, and find this. */
  @Test
  void withoutAcpi_theCommandLineSaysWhereDevicesAre() {
    MachineBuilder machine = Guest.microvm().machine("acpi=off");
    try (Guest guest =
        Guest.boot(machine.device("virtio-rng-device").device("virtio-rng-device"))) {
      assertThat(guest.run("tr ' ' '\\n' </proc/cmdline | grep virtio"))
          .isEqualTo("virtio_mmio.device=512@0xfeb00000:5\nvirtio_mmio.device=512@0xfeb00200:6");
      assertThat(guest.run("devmem 0xfeb00208 32")).isEqualTo("0x00000004");
    }
  }

  @Test
  void devices_shareInterrupts() {
    MachineBuilder machine = Guest.microvm();
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

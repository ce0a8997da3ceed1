package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The small machine, with and without the parts that it can do without. */
@Tag("linux")
@FirstLevel(seconds = 50)
class MicrovmLinuxTest {

  @Test
  void bzImage_boots() {
    try (Guest guest = Guest.boot(Guest.microvm().kernel(GuestFiles.bzImage()).cpus(2))) {
      assertThat(guest.run("nproc")).isEqualTo("2");
      assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"acpi=on", "rtc=off,pit=off,pic=off", "pic=off,rtc=off"})
  void machineWithAcpi_bootsAndPowersOff(String parts) {
    try (Guest guest = Guest.boot(Guest.microvm().machine(parts).cpus(2))) {
      assertThat(guest.run("nproc")).isEqualTo("2");
      assertThat(guest.run("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"))
          .isEqualTo("kvm-clock");
      assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }

  /** Linux takes the way through EFI here, and where there is none the one through firmware. */
  @Test
  void ordinaryReboot_bootsAnew() {
    try (Guest guest = Guest.boot(Guest.microvm())) {
      assertThat(guest.run("cat /sys/kernel/reboot/type")).isEqualTo("efi");
      guest.run("touch /tmp/old");
      guest.ask("reboot -f");
      guest.awaitBoot();
      assertThat(guest.run("ls /tmp")).isEmpty();
    }
  }

  /** Without ACPI there is no power-off; a reset is what is left. */
  @Test
  void machineWithoutAcpi_bootsAndResets() {
    String resets = Guest.COMMAND_LINE + " reboot=t";
    try (Guest guest = Guest.boot(Guest.microvm().machine("acpi=off").append(resets).noReboot())) {
      assertThat(guest.run("uname -s")).isEqualTo("Linux");
      guest.ask("reboot -f");
      assertThat(guest.awaitEnd().reason()).isEqualTo(ExitStatus.Reason.GUEST_RESET);
    }
  }
}

package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.machine.MachineBuilder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Linux without ACPI finds CPUs and interrupts by the multiprocessor table. */
@Tag("linux")
@FirstLevel(seconds = 25)
class WithoutAcpiLinuxTest {

  @Test
  void pc_whoseGuestWantsNoAcpi_hasAllCpus() {
    check(Guest.pc().append(Guest.COMMAND_LINE + " acpi=off reboot=t"));
  }

  @Test
  void microvm_withoutAcpi_hasAllCpus() {
    check(Guest.microvm().machine("acpi=off").append(Guest.COMMAND_LINE + " reboot=t"));
  }

  private static void check(MachineBuilder machine) {
    try (Guest guest = Guest.boot(machine.smp("4,sockets=2,cores=2").noReboot())) {
      assertThat(guest.run("cat /sys/devices/system/cpu/online")).isEqualTo("0-3");
      assertThat(guest.run("dmesg | grep 'MPTABLE: OEM'")).contains("JVMM");
      assertThat(guest.run("dmesg | grep -E 'BIOS bug|APIC: Unable|MP-BIOS|mismatch' || true"))
          .isEmpty();
      assertThat(guest.run("grep ttyS0 /proc/interrupts")).contains("IO-APIC");
      guest.ask("reboot -f");
      assertThat(guest.awaitEnd().reason()).isEqualTo(ExitStatus.Reason.GUEST_RESET);
    }
  }
}

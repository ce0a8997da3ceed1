package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.machine.Machine;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The built-in guest, which boots when nothing is named: its shell, and what ends it. */
@Tag("linux")
@FirstLevel(seconds = 44)
class DefaultGuestLinuxTest {

  private static final String PROMPT = "/ # ";
  private static final Duration BOOT = Duration.ofSeconds(90);
  private static final Duration ANSWER = Duration.ofSeconds(30);

  @Test
  void shell_answersAndPowersOff() {
    try (Guest guest = Guest.start(Machine.pc())) {
      guest.console().expect(PROMPT, BOOT);
      guest.console().send("echo $((6 * 7))\r");
      assertThat(guest.console().expect(PROMPT, ANSWER)).contains("\n42\r\n");
      guest.console().send("poweroff\r");
      assertThat(guest.awaitEnd().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pc,virtio-rng-pci", "microvm,virtio-rng-device"})
  void shell_hasTheDriversOfTheDevices(String machineAndDevice) {
    String[] words = machineAndDevice.split(",", 2);
    try (Guest guest = Guest.start(Machine.pc().machine(words[0]).device(words[1]))) {
      guest.console().expect(PROMPT, BOOT);
      guest.console().send("dd if=/dev/hwrng bs=64 count=8 2>/dev/null | wc -c\r");
      assertThat(guest.console().expect(PROMPT, ANSWER)).contains("\n512\r\n");
    }
  }

  @Test
  void powerButton_endsIt() {
    try (Guest guest = Guest.start(Machine.pc().append("pressed"))) {
      guest.console().expect(PROMPT, BOOT);
      guest.vm().powerdown();
      assertThat(guest.awaitEnd().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }

  @Test
  void powerButtonOfMicrovm_endsIt() {
    try (Guest guest = Guest.start(Machine.microvm())) {
      guest.console().expect(PROMPT, BOOT);
      guest.vm().powerdown();
      assertThat(guest.awaitEnd().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }
}

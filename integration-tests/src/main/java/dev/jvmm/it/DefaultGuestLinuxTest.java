package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.machine.Machine;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The built-in guest, which boots when nothing is named: its shell, and what ends it. */
@Tag("linux")
@FirstLevel(seconds = 30)
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

package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both forms of a distribution's kernel boot to a shell, and power off. */
@Tag("linux")
@FirstLevel(seconds = 12)
class KernelLinuxTest {

  static Stream<Path> kernels() {
    return Stream.of(GuestFiles.bzImage(), GuestFiles.vmlinux());
  }

  @ParameterizedTest
  @MethodSource("kernels")
  void kernel_bootsToShell(Path kernel) {
    try (Guest guest = Guest.boot(Guest.pc().kernel(kernel))) {
      assertThat(guest.run("uname -sm; echo $((6 * 7))")).isEqualTo("Linux x86_64\n42");
      assertThat(guest.run("cat /proc/cmdline")).isEqualTo(Guest.COMMAND_LINE);
      assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
    }
  }
}

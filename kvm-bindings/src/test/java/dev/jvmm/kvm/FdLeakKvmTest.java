package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class FdLeakKvmTest {

  @Test
  void closedVm_leavesNoDescriptorAndNoMapping() throws IOException {
    run();
    List<String> before = openFds();
    for (int i = 0; i < 20; i++) {
      run();
    }
    assertThat(openFds()).isEqualTo(before);
    assertThat(Files.readAllLines(Path.of("/proc/self/maps")))
        .noneMatch(line -> line.contains("kvm-vcpu"));
  }

  private static void run() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xE6, 0x80)) {
      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
    }
  }

  private static List<String> openFds() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return fds.map(Path::toString).sorted().toList();
    }
  }
}

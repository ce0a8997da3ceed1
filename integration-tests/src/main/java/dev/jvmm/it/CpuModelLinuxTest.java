package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The CPU that Linux finds is the one that was asked for. */
@Tag("linux")
@FirstLevel(seconds = 15)
class CpuModelLinuxTest {

  @Test
  void hostWithoutFeatures_hasTheOthers() throws IOException {
    Set<String> host = flags(Files.readString(Path.of("/proc/cpuinfo")));
    assertThat(host).contains("aes", "rdrand", "sse4_2");
    try (Guest guest = Guest.boot(Guest.pc().cpu("host,-aes,rdrand=off"))) {
      assertThat(flags(guest.run("cat /proc/cpuinfo")))
          .contains("hypervisor", "sse4_2", "tsc_deadline_timer", "x2apic")
          .doesNotContain("aes", "rdrand");
      guest.powerOff();
    }
  }

  @Test
  void baseline_isTheSameEverywhere() {
    try (Guest guest = Guest.boot(Guest.pc().cpu("qemu64,+ssse3"))) {
      String cpuinfo = guest.run("cat /proc/cpuinfo");
      assertThat(cpuinfo).contains("jvmm qemu64");
      assertThat(flags(cpuinfo))
          .contains("lm", "nx", "sse3", "cx16", "ssse3", "hypervisor")
          .doesNotContain("aes", "rdrand", "sse4_2", "avx");
      guest.powerOff();
    }
  }

  private static Set<String> flags(String cpuinfo) {
    String line =
        cpuinfo.lines().filter(each -> each.startsWith("flags")).findFirst().orElseThrow();
    return Set.of(
        line.substring(line.indexOf(':') + 1).replace("pni", "sse3").strip().split(" ", -1));
  }
}

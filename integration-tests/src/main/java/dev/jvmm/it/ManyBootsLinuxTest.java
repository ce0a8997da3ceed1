package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.it.guest.Guest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Machines that have been closed leave nothing behind. */
@Tag("linux")
@FirstLevel(seconds = 85)
class ManyBootsLinuxTest {

  private static final int BOOTS = 20;

  /** After so many, classes are loaded, methods compiled, and the heap has its size. */
  private static final int WARM_UP = 4;

  /** Less than any guest has RAM, or its page tables and devices would leak in 16 boots. */
  private static final long GROWTH_KIB = 12 << 10;

  /**
   * What this process holds.
   *
   * @param addressKib its address space
   * @param residentKib its share in memory
   */
  private record Holding(long files, long threads, long addressKib, long residentKib) {

    @SuppressWarnings("SystemGc") // what can be collected is no leak
    static Holding now() throws IOException {
      System.gc();
      String status = Files.readString(Path.of("/proc/self/status"));
      return new Holding(
          count("/proc/self/fd"),
          Thread.getAllStackTraces().size(),
          kib(status, "VmSize"),
          kib(status, "VmRSS"));
    }

    private static long count(String folder) throws IOException {
      try (Stream<Path> entries = Files.list(Path.of(folder))) {
        return entries.count();
      }
    }

    private static long kib(String status, String field) {
      Matcher matcher = Pattern.compile(field + ":\\s*(\\d+) kB").matcher(status);
      assertThat(matcher.find()).isTrue();
      return Long.parseLong(matcher.group(1));
    }
  }

  @Test
  void bootsInARow_leaveNothing() throws IOException {
    boot(WARM_UP);
    Holding before = Holding.now();
    boot(BOOTS - WARM_UP);
    Holding after = Holding.now();
    assertThat(after.files()).isEqualTo(before.files());
    assertThat(after.threads()).isEqualTo(before.threads());
    assertThat(after.addressKib()).isLessThan(before.addressKib() + GROWTH_KIB);
    assertThat(after.residentKib()).isLessThan(before.residentKib() + GROWTH_KIB);
  }

  private static void boot(int times) {
    for (int i = 0; i < times; i++) {
      try (Guest guest = Guest.boot(Guest.pc().cpus(2))) {
        assertThat(guest.powerOff().reason()).isEqualTo(ExitStatus.Reason.GUEST_SHUTDOWN);
      }
    }
  }
}

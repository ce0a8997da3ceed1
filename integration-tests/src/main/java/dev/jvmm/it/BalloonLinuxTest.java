package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.memory.Region;
import dev.jvmm.core.vm.Balloon;
import dev.jvmm.core.vm.BalloonStatistics.Kind;
import dev.jvmm.it.guest.Guest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The balloon, as Linux fills it: memory goes back to the host, and comes again. */
@Tag("linux")
@FirstLevel(seconds = 60)
class BalloonLinuxTest {

  private static final long MIB = 1 << 20;
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  /** Has the guest touch memory and let go of it. */
  private static final String TOUCH = "dd if=/dev/zero of=/tmp/f bs=1M count=96 2>&1; rm /tmp/f";

  @Test
  void balloon_takesMemoryAndGivesItBack() {
    try (Guest guest =
        Guest.boot(Guest.pc().device("virtio-balloon-pci,guest-stats-polling-interval=1"))) {
      Balloon balloon = Objects.requireNonNull(guest.vm().balloon());
      guest.run("load virtio_pci virtio_balloon; " + TOUCH);
      long total = totalKib(guest);
      long used = pssKib(guest);

      guest.vm().balloon(128 * MIB);
      await(guest, () -> balloon.actualBytes() == 128 * MIB);
      assertThat(totalKib(guest)).isBetween(total - 129 * 1024, total - 127 * 1024);
      long small = pssKib(guest);
      assertThat(small).isLessThan(used - 64 * 1024);

      await(guest, () -> balloon.statistics().values().containsKey(Kind.FREE_MEMORY));
      assertThat(balloon.statistics().values().get(Kind.TOTAL_MEMORY)).isLessThan(total * 1024 + 1);

      guest.vm().balloon(256 * MIB);
      await(guest, () -> balloon.actualBytes() == 256 * MIB);
      assertThat(totalKib(guest)).isEqualTo(total);
      guest.run(TOUCH);
      assertThat(pssKib(guest)).isGreaterThan(small + 48 * 1024);
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @Test
  void freePages_goBackByThemselves() {
    try (Guest guest =
        Guest.boot(Guest.microvm().device("virtio-balloon-device,free-page-reporting=on"))) {
      guest.run("load virtio_mmio virtio_balloon");
      guest.run("dd if=/dev/zero of=/tmp/f bs=1M count=96 2>&1");
      long used = pssKib(guest);
      guest.run("rm /tmp/f");
      await(guest, () -> pssKib(guest) < used - 64 * 1024);

      long small = pssKib(guest);
      guest.run("dd if=/dev/zero of=/tmp/f bs=1M count=96 2>&1");
      assertThat(pssKib(guest)).isGreaterThan(small + 64 * 1024);
    }
  }

  /** Looks again after each answer of the guest, which takes its time for that. */
  private static void await(Guest guest, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time").isLessThan(deadline);
      guest.run("sleep 0.2");
    }
  }

  private static long totalKib(Guest guest) {
    return number("MemTotal: +(\\d+) kB", guest.run("cat /proc/meminfo"));
  }

  /** What the host has given for the guest's RAM. */
  private static long pssKib(Guest guest) {
    Region ram = guest.vm().memory().regions().get(0);
    try {
      String maps = Files.readString(Path.of("/proc/self/smaps"));
      int start = maps.indexOf("%x-".formatted(ram.memory().address()));
      assertThat(start).as("the mapping").isNotNegative();
      return number("Pss: +(\\d+) kB", maps.substring(start));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long number(String pattern, String text) {
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    assertThat(matcher.find()).as(pattern).isTrue();
    return Long.parseLong(matcher.group(1));
  }
}

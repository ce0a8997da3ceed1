package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Linux finds the CPUs and the memory that were asked for. */
@Tag("linux")
@FirstLevel(seconds = 30, memory = "6G")
class CpusAndMemoryLinuxTest {

  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;

  /** Where the RAM that does not fit below it goes on at 4 GiB. */
  private static final long LOW_RAM_END = 3 * GIB;

  /** The hole below 1 MiB, and what firmware and its tables keep of the rest. */
  private static final long FIRMWARE_BYTES = MIB;

  /** A kernel of a distribution with its data, and what it sets aside in any case. */
  private static final long KERNEL_BYTES = 80 * MIB;

  /** What describes the pages: 64 bytes for each 4 KiB, and a bit. */
  private static final long SHARE_OF_PAGE_TABLES = 50;

  @ParameterizedTest
  @CsvSource({"1,1,1,256M,256", "1,1,2,3G,3072", "2,2,1,4G,4096", "2,2,2,5G,5120"})
  void guest_seesWhatWasAskedFor(int sockets, int cores, int threads, String memory, long mib) {
    int cpus = sockets * cores * threads;
    String smp = "%d,sockets=%d,cores=%d,threads=%d".formatted(cpus, sockets, cores, threads);
    try (Guest guest = Guest.boot(Guest.pc().smp(smp).memory(memory))) {
      assertThat(guest.run("cat /sys/devices/system/cpu/online; nproc"))
          .isEqualTo((cpus == 1 ? "0" : "0-" + (cpus - 1)) + "\n" + cpus);
      assertThat(guest.run("grep -c '^processor' /proc/cpuinfo")).isEqualTo("" + cpus);
      assertThat(groups(guest, "physical_package_id")).isEqualTo(sockets);
      assertThat(groups(guest, "core_cpus_list")).isEqualTo(sockets * cores);
      checkMemory(guest, mib * MIB);
      guest.powerOff();
    }
  }

  private static int groups(Guest guest, String file) {
    return Integer.parseInt(
        guest.run("cat /sys/devices/system/cpu/cpu*/topology/" + file + " | sort -u | wc -l"));
  }

  private static void checkMemory(Guest guest, long asked) {
    List<Ram> ram = ram(guest);
    long low = ram.stream().filter(run -> run.start() < 4 * GIB).mapToLong(Ram::bytes).sum();
    long high = ram.stream().filter(run -> run.start() >= 4 * GIB).mapToLong(Ram::bytes).sum();
    assertThat(low).isBetween(Math.min(asked, LOW_RAM_END) - FIRMWARE_BYTES, LOW_RAM_END);
    assertThat(high).isEqualTo(Math.max(0, asked - LOW_RAM_END));
    long total = 1024 * Long.parseLong(guest.run("awk '/MemTotal/ {print $2}' /proc/meminfo"));
    long left = asked - bounceBufferBytes(guest);
    assertThat(total).isBetween(left - KERNEL_BYTES - asked / SHARE_OF_PAGE_TABLES, left);
  }

  /** What Linux sets aside, and says so, once there is memory that 32 bits can't address. */
  private static long bounceBufferBytes(Guest guest) {
    String line = guest.run("dmesg | grep 'software IO TLB: mapped' || true");
    Matcher range = Pattern.compile("\\[mem (0x\\p{XDigit}+)-(0x\\p{XDigit}+)\\]").matcher(line);
    return range.find() ? Long.decode(range.group(2)) - Long.decode(range.group(1)) : 0;
  }

  /** A run of memory, as the kernel was told. */
  private record Ram(long start, long last) {

    static Ram parse(String line) {
      String[] words = line.split(" ", -1);
      return new Ram(Long.decode(words[0]), Long.decode(words[1]));
    }

    long bytes() {
      return last - start + 1;
    }
  }

  private static List<Ram> ram(Guest guest) {
    return guest
        .run(
            "for i in /sys/firmware/memmap/*; do echo $(cat $i/start $i/end $i/type); done"
                + " | grep 'System RAM'")
        .lines()
        .map(Ram::parse)
        .toList();
  }
}

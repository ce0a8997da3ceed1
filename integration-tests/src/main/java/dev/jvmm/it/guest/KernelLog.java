package dev.jvmm.it.guest;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What Linux has said, whether it complains of something, and what it says on QEMU as well. */
public final class KernelLog {

  private static final String COMPLAINT =
      "error|warn|fail|bug|invalid|unexpected|not responding|nobody cared|timed out|can.t get"
          + "|call trace|spurious|hung";

  /** What a guest of QEMU's says as well. */
  private static final String USUAL =
      "AMD Zen1 .* bug|Speculative Return Stack Overflow|and report a bug|invalidation policy"
          + "|This is not a bug";

  private static final Path CHECKOUT = Path.of(System.getProperty("jvmm.checkout", "missing"));
  private static final Path ON_QEMU = CHECKOUT.resolve("integration-tests/guest/qemu-dmesg");
  private static final Path REASONS = CHECKOUT.resolve("docs/linux-dmesg.md");

  /** The kernels that the lines on QEMU are of, and the CPU: the first level's. */
  private static final String RECORDED = "6\\.1\\..*";

  /** Makes alike what differs between two starts: times, addresses, counts. */
  private static final String ALIKE =
      "sed -E 's/^\\[[^]]*\\] //; s/0x[0-9a-f]+/X/g; s/[0-9a-f]{16,}/H/g; s/[0-9][0-9.]*/N/g'";

  private KernelLog() {}

  /**
   * The lines that complain, and would not be there on QEMU. The guest sorts them: a log is long.
   */
  public static List<String> complaints(Guest guest) {
    String sort = "dmesg | grep -iE '%s' | grep -vE '%s' || true".formatted(COMPLAINT, USUAL);
    return guest.run(sort).lines().toList();
  }

  /** What {@code -fw_cfg} takes for {@link #unlikeQemus}. */
  public static String onQemu() {
    return "name=opt/test/log,file=" + ON_QEMU;
  }

  /**
   * The lines, made alike, that the same kernel does not say on QEMU's pc with the same devices.
   * For kernels and CPUs that were not recorded: those of them that complain.
   */
  public static List<String> unlikeQemus(Guest guest) {
    guest.run("load qemu_fw_cfg; cat /sys/firmware/qemu_fw_cfg/by_name/opt/test/log/raw >/tmp/log");
    boolean recorded =
        System.getenv("JVMM_NESTED") != null && guest.run("uname -r").matches(RECORDED);
    Pattern wanted = Pattern.compile(recorded ? "" : COMPLAINT, Pattern.CASE_INSENSITIVE);
    return guest
        .run("dmesg | " + ALIKE + " | grep -vxFf /tmp/log | sort -u")
        .lines()
        .filter(line -> wanted.matcher(line).find())
        .toList();
  }

  /** The lines of ours, made alike, that docs/linux-dmesg.md gives a reason for. */
  public static List<Pattern> reasons() {
    try (Stream<String> lines = Files.lines(REASONS)) {
      return lines
          .filter(line -> line.startsWith("| `"))
          .map(line -> glob(line.substring(3, line.indexOf("` |"))))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A line in which a star stands for anything. */
  private static Pattern glob(String text) {
    return Pattern.compile(
        Stream.of(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*")));
  }
}

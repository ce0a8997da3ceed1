package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestFiles;
import dev.jvmm.it.guest.KernelLog;
import dev.jvmm.machine.MachineBuilder;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A pc with a device of each kind, as people look at it first: {@code lspci} and {@code dmesg}. */
@Tag("linux")
@FirstLevel(seconds = 25)
class FirstLookLinuxTest {

  /** Class and ids of every function there is. */
  private static final Map<String, String> FUNCTIONS =
      Map.of(
          "00:00.0", "Class [0600]: Device [8086:1237] (rev 02)",
          "00:01.0", "Class [0601]: Device [8086:7000]",
          "00:01.3", "Class [0680]: Device [8086:7113] (rev 03)",
          "00:02.0", "Class [0100]: Device [1af4:1042] (rev 01)",
          "00:03.0", "Class [00ff]: Device [1af4:1044] (rev 01)",
          "00:04.0", "Class [00ff]: Device [1af4:1045] (rev 01)",
          "00:05.0", "Class [0780]: Device [1af4:1043] (rev 01)",
          "00:06.0", "Class [0200]: Device [1af4:1041] (rev 01)");

  private static final Pattern FUNCTION = Pattern.compile("(?m)^(\\S+) (Class .*)$");
  private static final String NONSENSE =
      "!!!|access denied|unassigned|ignored|virtual]|disabled]|pin \\?|Unknown header|\\[size=0"
          + "|>TAbort\\+|<TAbort\\+|<MAbort\\+|>SERR\\+|<PERR\\+|FATAL|\\(rev ff\\)";

  private static MachineBuilder machine() {
    return Guest.pc()
        .cpus(2)
        .fwCfg(KernelLog.onQemu())
        .drive(GuestFiles.tools().drive("readonly=on"))
        .device("virtio-blk-pci,drive=tools")
        .device("virtio-rng-pci")
        .device("virtio-balloon-pci")
        .device("virtio-serial-pci")
        .chardev("null,id=c")
        .device("virtconsole,chardev=c")
        .netdev("tap,ifname=jvmm0");
  }

  @Test
  void pc_looksAsItShould() {
    try (Guest guest = Guest.boot(machine())) {
      guest.run("load virtio_pci virtio_blk virtio_rng virtio_balloon virtio_console virtio_net");
      guest.run("load af_packet && ip link set eth0 up && tools");
      checkFunctions(guest.run("lspci -i /dev/null -vvnn 2>/dev/null"));
      checkLog(KernelLog.unlikeQemus(guest), KernelLog.reasons());
    }
  }

  private static void checkFunctions(String said) {
    Map<String, String> functions =
        FUNCTION
            .matcher(said)
            .results()
            .collect(Collectors.toMap(m -> m.group(1), m -> m.group(2)));
    assertThat(functions).isEqualTo(FUNCTIONS);
    assertThat(said.lines().filter(Pattern.compile(NONSENSE).asPredicate())).isEmpty();
    assertThat(said).contains("Interrupt: pin A routed to IRQ 9");
    String[] paragraphs = said.split("\n\n");
    List<String> virtio = List.of(paragraphs).subList(3, paragraphs.length);
    assertThat(virtio).hasSize(5).allSatisfy(FirstLookLinuxTest::checkVirtio);
  }

  private static void checkVirtio(String said) {
    assertThat(said)
        .contains("Mem+ BusMaster+", "DisINTx+", "Subsystem: Device [1af4:1100]")
        .contains("Interrupt: pin A routed to IRQ ")
        .contains("Kernel driver in use: virtio-pci")
        .containsPattern(
            "Region 1: Memory at [c-f][0-9a-f]{7} \\(32-bit, non-prefetchable\\) \\[size=4K]")
        .containsPattern("Region 4: Memory at [0-9a-f]+ \\(64-bit, prefetchable\\) \\[size=16K]")
        .containsPattern("Capabilities: \\[\\w+] MSI-X: Enable\\+ Count=\\d+ Masked-")
        .contains("Vector table: BAR=1 offset=00000000", "PBA: BAR=1 offset=00000800");
    for (String part : List.of("CommonCfg", "ISR", "DeviceCfg", "Notify")) {
      Matcher capability = Pattern.compile("VirtIO: " + part + "\n\t+BAR=4 ").matcher(said);
      assertThat(capability.results()).as(part).hasSize(1);
    }
  }

  private static void checkLog(List<String> lines, List<Pattern> reasons) {
    assertThat(reasons).isNotEmpty();
    assertThat(lines)
        .as("without a reason in docs/linux-dmesg.md")
        .allMatch(line -> reasons.stream().anyMatch(reason -> reason.matcher(line).matches()));
  }
}

package dev.jvmm.cli.option;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.BoardConfig;
import dev.jvmm.machine.BootConfig;
import dev.jvmm.machine.MachineConfig;
import dev.jvmm.machine.SerialConfig;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArgumentParserTest {

  private static Request parse(String... arguments) {
    Request request = new Request();
    ArgumentParser.parse(request, arguments);
    return request;
  }

  @Test
  void parse_aUsersCommandLine() {
    MachineConfig config =
        parse(
                "-m",
                "4G",
                "-smp",
                "2",
                "-cpu",
                "max",
                "-kernel",
                "k",
                "-initrd",
                "i",
                "-append",
                "-a b=c",
                "-nographic",
                "-no-reboot",
                "--enable-kvm")
            .machine()
            .config();
    assertThat(config.memory().sizeBytes()).isEqualTo(4L << 30);
    assertThat(config.topology().cpus()).isEqualTo(2);
    assertThat(config.boot()).isEqualTo(new BootConfig.Kernel(Path.of("k"), "i", "-a b=c"));
    assertThat(config.policy().noReboot()).isTrue();
    assertThat(config.serials()).hasSize(1);
  }

  @Test
  void parse_aManagersCommandLine() {
    Request request =
        parse(
            "-name",
            "guest=n,debug-threads=on",
            "-S",
            "-machine",
            "pc,usb=off,acpi=on",
            "-accel",
            "kvm",
            "-cpu",
            "host",
            "-m",
            "size=524288k",
            "-overcommit",
            "mem-lock=off",
            "-smp",
            "1,sockets=1,cores=1,threads=1",
            "-uuid",
            "123e4567-e89b-12d3-a456-426614174000",
            "-display",
            "none",
            "-no-user-config",
            "-nodefaults",
            "-rtc",
            "base=utc",
            "-no-shutdown",
            "-no-acpi",
            "-boot",
            "strict=on",
            "-chardev",
            "pty,id=charserial0",
            "-device",
            "isa-serial,chardev=charserial0,id=serial0,index=0",
            "-sandbox",
            "off",
            "-msg",
            "timestamp=on");
    MachineConfig config = request.machine().config();
    assertThat(config.name()).isEqualTo("n");
    assertThat(config.board().acpi()).isFalse();
    assertThat(config.memory().sizeBytes()).isEqualTo(512L << 20);
    assertThat(config.policy()).isEqualTo(new VirtualMachine.Policy(true, false, true));
    assertThat(config.serials()).containsExactly(new SerialConfig(1, "charserial0"));
    assertThat(request.timestamps()).isTrue();
  }

  @Test
  void parse_optionsOfTheProcess() {
    Request request = parse("-pidfile", "/p", "-D", "/log-%d", "-d", "guest_errors,unimp");
    assertThat(request.pidFile()).isEqualTo(Path.of("/p"));
    assertThat(request.logFile()).isEqualTo(Path.of("/log-" + ProcessHandle.current().pid()));
    assertThat(request.logLevel()).isEqualTo(Level.DEBUG);
    assertThat(request.answer()).isNull();
  }

  @Test
  void parse_machine_twiceAdds() {
    MachineConfig config = parse("-M", "microvm", "-machine", "pit=off").machine().config();
    assertThat(config.board().type()).isEqualTo(BoardConfig.Type.MICROVM);
    assertThat(config.board().pit()).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-device help | Storage devices:",
        "-device ? | Storage devices:",
        "-device isa-serial,help | isa-serial options:",
        "-machine help | Supported machines are:",
        "-machine microvm,help | microvm options:",
        "-cpu help | Available CPUs:",
        "-chardev help | Available chardev backend types:",
        "-accel help | Accelerators supported:",
        "-d help | Log items:",
        "-device virtio-blk-pci,help | virtio-blk-pci options:",
        "-object help | List of user creatable objects:",
        "-object iothread,help | iothread options:",
        "-drive help | -drive options:",
        "-blockdev help | Block node drivers:",
        "-help | usage: jvmm [options] [FILE]",
        "-h | usage: jvmm [options] [FILE]",
        "--help -bad | usage: jvmm [options] [FILE]",
        "--version | jvmm version ",
      })
  void parse_question_isAnswered(String arguments, String begin) {
    assertThat(parse(arguments.split(" ")).answer()).startsWith(begin).endsWith("\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-S",
        "-append",
        "--help",
        "--",
        "-",
        "-5",
        "",
        " ",
        "'a b'",
        "\"a b\"",
        "@/etc/hostname",
        "${sys:user.home}",
        "a=b,c",
        "-m=1G"
      })
  void parse_value_isTheNextArgumentAsItIs(String value) {
    MachineConfig config = parse("-kernel", "k", "-append", value, "-S").machine().config();
    assertThat(config.boot()).isEqualTo(new BootConfig.Kernel(Path.of("k"), null, value));
    assertThat(config.policy().startPaused()).isTrue();
  }

  @Test
  void parse_disks() {
    MachineConfig config =
        parse(
                "-hdb",
                "b",
                "a",
                "-drive",
                "file=c,id=c,if=none,format=raw",
                "-blockdev",
                "{\"driver\":\"file\",\"node-name\":\"d\",\"filename\":\"d\"}",
                "-device",
                "{\"driver\":\"virtio-blk-pci\",\"drive\":\"c\",\"num-queues\":4}",
                "-device",
                "virtio-blk-pci,drive=d,iothread=t",
                "-object",
                "iothread,id=t",
                "-S")
            .machine()
            .config();
    assertThat(config.devices())
        .extracting(device -> device.properties().get("drive"))
        .containsExactly("c", "d", "virtio0", "virtio1");
    assertThat(config.devices().getFirst().properties()).containsEntry("num-queues", "4");
    assertThat(String.valueOf(config.storage().disks().get("virtio0"))).contains("file=a");
    assertThat(config.policy().startPaused()).isTrue();
  }

  @Test
  void parse_twoFiles_haveOnePlace() {
    assertThatThrownBy(() -> parse("a", "b"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("hda b: index 0 is taken by -hda a");
  }

  @Test
  void parse_sameOptionAgain_lastCountsInEitherSpelling() {
    MachineConfig config =
        parse("-m", "1G", "--m", "2G", "-m", "64", "-S", "-S", "--S").machine().config();
    assertThat(config.memory().sizeBytes()).isEqualTo(64L << 20);
    assertThat(config.policy().startPaused()).isTrue();
    assertThat(parse("-serial", "null", "-serial", "pty").machine().config().serials()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-m=1G | -m=1G: no such option",
        "-m1G | -m1G: no such option",
        "--m=1G | --m=1G: no such option",
        "-SS | -SS: no such option",
        "-Sm 1G | -Sm: no such option",
        "-s | -s: no such option; did you mean -S?",
        "-ser null | -ser: no such option",
        "---m 1G | ---m: no such option",
        "-- -S | --: no such option",
        "-1 | -1: no such option",
        "- | -: neither an option nor a file; options begin with a dash, -help lists them",
        "`` | \"\": neither an option nor a file; options begin with a dash, -help lists them",
        "a -bad | -bad: no such option",
        "-S --kernel | -kernel: its value is missing, -kernel FILE",
        "-bad -m | -bad: no such option",
      })
  void parse_noOption_isRefused(String arguments, String sentence) {
    assertThatThrownBy(() -> parse(arguments.split(" ")))
        .isInstanceOf(UsageException.class)
        .hasMessageStartingWith(sentence);
  }

  @Test
  void parse_complainsOfWhatComesFirst() {
    assertThatThrownBy(() -> parse("-m", "0", "-bad"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("m 0: ");
    assertThatThrownBy(() -> parse("-bad", "-m", "0")).isInstanceOf(UsageException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-bad", "-m", "-m 0", "-cpu help", "x"})
  void parse_behindAQuestion_isNotLookedAt(String rest) {
    assertThat(parse(("-version " + rest).split(" ")).answer()).startsWith("jvmm version ");
  }

  @Test
  void help_namesEveryOptionOnce_inLinesThatFit() {
    List<String> names =
        OptionTable.groups().stream()
            .flatMap(group -> group.options().stream())
            .map(Option::name)
            .toList();
    assertThat(names).doesNotHaveDuplicates();
    String help = OptionTable.help();
    assertThat(names)
        .allSatisfy(name -> assertThat(help).containsPattern("\n  -" + name + "[ \n]"));
    assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
  }

  @Test
  void groups_docIsOneLineWithoutAFullStop() {
    assertThat(OptionTable.groups())
        .flatMap(OptionGroup::options)
        .allSatisfy(
            option ->
                assertThat(option.doc()).isNotBlank().doesNotContain("\n").doesNotEndWith("."));
  }
}

package dev.jvmm.cli.option;

import static org.assertj.core.api.Assertions.assertThat;

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

class CommandLineTest {

  private static Request parse(String... arguments) {
    Request request = new Request();
    CommandLine.parse(request, arguments);
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
        "-device help | Input devices:",
        "-device ? | Input devices:",
        "-device isa-serial,help | isa-serial options:",
        "-machine help | Supported machines are:",
        "-machine microvm,help | microvm options:",
        "-cpu help | Available CPUs:",
        "-chardev help | Available chardev backend types:",
        "-accel help | Accelerators supported:",
        "-d help | Log items:",
        "-help | usage: jvmm [options]",
        "-h | usage: jvmm [options]",
        "--help -bad | usage: jvmm [options]",
        "--version | jvmm version ",
      })
  void parse_question_isAnswered(String arguments, String begin) {
    assertThat(parse(arguments.split(" ")).answer()).startsWith(begin).endsWith("\n");
  }

  @Test
  void help_namesEveryOptionOnce_inLinesThatFit() {
    List<String> names =
        CommandLine.groups().stream()
            .flatMap(group -> group.options().stream())
            .map(Option::name)
            .toList();
    assertThat(names).doesNotHaveDuplicates();
    String help = CommandLine.help();
    assertThat(names)
        .allSatisfy(name -> assertThat(help).containsPattern("\n  -" + name + "[ \n]"));
    assertThat(help.lines()).allSatisfy(line -> assertThat(line.length()).isLessThanOrEqualTo(100));
  }

  @Test
  void groups_docIsOneLineWithoutAFullStop() {
    assertThat(CommandLine.groups())
        .flatMap(OptionGroup::options)
        .allSatisfy(
            option ->
                assertThat(option.doc()).isNotBlank().doesNotContain("\n").doesNotEndWith("."));
  }
}

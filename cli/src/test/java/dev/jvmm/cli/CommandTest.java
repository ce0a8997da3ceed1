package dev.jvmm.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.GuestRequests;
import dev.jvmm.core.vm.VmEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import sun.misc.Signal;

@Timeout(30)
class CommandTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(FakeMachinery.Factory factory, String... arguments) {
    return new Command(print(out), print(err), factory::build).run(arguments);
  }

  private static FakeMachinery.Factory poweringOff() {
    return new FakeMachinery.Factory(GuestRequests::powerOff);
  }

  private static PrintStream print(ByteArrayOutputStream target) {
    return new PrintStream(target, true, StandardCharsets.UTF_8);
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void run_guestPowersOff_closesAndSaysZero() {
    FakeMachinery.Factory factory = poweringOff();
    assertThat(run(factory, "-m", "64", "-name", "x")).isZero();
    assertThat(factory.calls()).containsExactly("start", "pause", "close");
    assertThat(out()).isEmpty();
    assertThat(err()).isEqualTo("jvmm: a notice for x\njvmm: warning: it is a fake\n");
  }

  @Test
  void run_guestGivesACode_exitsWithIt() {
    assertThat(run(new FakeMachinery.Factory(requests -> requests.exit(33)))).isEqualTo(33);
  }

  @Test
  void run_guestCantGoOn_printsTheDump() {
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(requests -> requests.failed("rip=0x1000\ncode: 0f 0b"));
    assertThat(run(factory)).isEqualTo(1);
    assertThat(err()).endsWith("jvmm: the guest can't go on:\nrip=0x1000\ncode: 0f 0b\n");
    assertThat(factory.calls()).endsWith("close");
  }

  @Test
  void run_diskThatFails_standsUntilToldToGoOn() throws Exception {
    assumeFalse(isIgnored(15), "this process was started with SIGTERM ignored");
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(
            requests -> {
              requests.ioError(new VmEvent.IoError("d", false, "ENOSPC", true));
              requests.ioError(new VmEvent.IoError("d", true, "EIO", true)); // is told no more
            });
    CompletableFuture<Integer> status =
        CompletableFuture.supplyAsync(() -> run(factory, "-drive", "driver=null-co,id=d"));
    String line =
        "jvmm: disk d: a write failed (ENOSPC), and the machine stands; mend that, then kill -CONT "
            + ProcessHandle.current().pid()
            + "\n";
    while (!err().endsWith(line)) {
      assertThat(status).isNotDone();
      Thread.onSpinWait();
    }
    Signal.raise(new Signal("CONT"));
    while (!factory.calls().contains("resume")) {
      assertThat(status).isNotDone();
      Thread.onSpinWait();
    }
    Signal.raise(new Signal("TERM"));
    assertThat(status.join()).isZero();
    assertThat(factory.calls()).containsExactly("start", "pause", "resume", "pause", "close");
  }

  @Test
  void run_buildFails_isTheOnlyLine() {
    int status =
        new Command(
                print(out),
                print(err),
                (config, notices) -> {
                  notices.accept("what boots");
                  throw new ConfigException("accel", "kvm: no /dev/kvm");
                })
            .run();
    assertThat(status).isEqualTo(1);
    assertThat(err()).isEqualTo("jvmm: -accel kvm: no /dev/kvm\n");
  }

  /** What a parent has had ignored, as nohup and a shell's &amp; do, stays so in a JVM. */
  @ParameterizedTest
  @CsvSource({"TERM, 15", "INT, 2", "HUP, 1"})
  void run_signal_endsInOrder(String signal, int number) throws Exception {
    assumeFalse(isIgnored(number), "this process was started with SIG" + signal + " ignored");
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(requests -> Signal.raise(new Signal(signal)));
    assertThat(run(factory)).isZero();
    assertThat(factory.calls()).startsWith("start").endsWith("close");
  }

  @Test
  void run_signalWhileAClientIsWaitedFor_endsInOrder() throws Exception {
    assumeFalse(isIgnored(15), "this process was started with SIGTERM ignored");
    Command.Factory waiting =
        (config, notices) -> {
          Signal.raise(new Signal("TERM"));
          try {
            Thread.sleep(20_000); // until the signal arrives
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          throw new ConfigException("serial", "unix:/x: no client has come");
        };
    assertThat(new Command(print(out), print(err), waiting).run()).isZero();
    assertThat(err()).isEmpty();
    assertThat(Thread.interrupted()).isFalse();
  }

  private static boolean isIgnored(int signal) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("SigIgn:")) {
        long mask = Long.parseUnsignedLong(line.substring("SigIgn:".length()).strip(), 16);
        return (mask >>> (signal - 1) & 1) != 0;
      }
    }
    return false;
  }

  @Test
  void run_startFails_isOneLineAndNothingStays(@TempDir Path folder) {
    Path pidFile = folder.resolve("pid");
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(
            requests -> {
              throw new ConfigException("kernel", "/x: no such file\nreally");
            });
    assertThat(run(factory, "-pidfile", pidFile.toString())).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "jvmm: a notice for jvmm\n"
                + "jvmm: warning: it is a fake\n"
                + "jvmm: -kernel /x: no such file\\n"
                + "really\n");
    assertThat(factory.calls()).containsExactly("start", "close");
    assertThat(pidFile).doesNotExist();
  }

  @Test
  void run_defectOfOurs_dumpsAndCloses() {
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(
            requests -> {
              throw new IllegalStateException("that was not to be");
            });
    assertThat(run(factory)).isEqualTo(1);
    assertThat(err())
        .contains("jvmm: internal error, please report this:\n")
        .contains("IllegalStateException: that was not to be")
        .contains("\tat ");
    assertThat(factory.calls()).endsWith("close");
  }

  @Test
  void run_pidFile_isThereWhileTheMachineRuns(@TempDir Path folder) throws Exception {
    Path pidFile = folder.resolve("pid");
    CompletableFuture<String> content = new CompletableFuture<>();
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(
            requests -> {
              content.completeAsync(() -> read(pidFile));
              content.join();
              requests.powerOff();
            });
    assertThat(run(factory, "-pidfile", pidFile.toString())).isZero();
    assertThat(content.get()).isEqualTo(ProcessHandle.current().pid() + "\n");
    assertThat(pidFile).doesNotExist();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @Test
  void run_pidFileHeld_isRefusedAndStays(@TempDir Path folder) throws Exception {
    Path pidFile = folder.resolve("pid");
    Files.writeString(pidFile, "1\n");
    try (FileChannel holder = FileChannel.open(pidFile, StandardOpenOption.WRITE);
        var lock = holder.lock()) {
      assertThat(lock.isValid()).isTrue();
      assertThat(run(poweringOff(), "-pidfile", pidFile.toString())).isEqualTo(1);
    }
    assertThat(err())
        .isEqualTo(
            "jvmm: -pidfile "
                + pidFile
                + ": another running process holds it; give each its own file\n");
    assertThat(pidFile).hasContent("1\n");
  }

  @Test
  void run_pidFileOrLogNotWritable_isOneLine(@TempDir Path folder) {
    Path missing = folder.resolve("none").resolve("file");
    FakeMachinery.Factory factory = poweringOff();
    assertThat(run(factory, "-pidfile", missing.toString())).isEqualTo(1);
    assertThat(factory.calls()).containsExactly("close");
    assertThat(run(factory, "-D", missing.toString())).isEqualTo(1);
    assertThat(run(factory, "-D", folder.toString())).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "jvmm: -pidfile "
                + missing
                + ": no such folder; make it, or name another file\njvmm: -D "
                + missing
                + ": no such folder; make it, or name another file\njvmm: -D "
                + folder
                + ": Is a directory; name another file\n");
  }

  @Test
  void run_logFile_takesWhatIsLogged(@TempDir Path folder) {
    Path log = folder.resolve("log");
    FakeMachinery.Factory factory =
        new FakeMachinery.Factory(
            requests -> {
              System.Logger logger = System.getLogger("dev.jvmm.test");
              logger.log(System.Logger.Level.INFO, "seen {0}", 7);
              logger.log(System.Logger.Level.DEBUG, "not seen");
              logger.log(System.Logger.Level.WARNING, "why", new RuntimeException("this"));
              requests.powerOff();
            });
    assertThat(run(factory, "-D", log.toString())).isZero();
    assertThat(log)
        .content()
        .containsPattern("(?m)^20\\d\\d-\\S+Z INFO dev.jvmm.test seen 7$")
        .containsPattern("(?m)^20\\d\\d-\\S+Z WARNING dev.jvmm.test why$")
        .contains("RuntimeException: this")
        .doesNotContain("not seen");
    assertThat(run(factory, "-d", "guest_errors", "-D", log.toString())).isZero();
    assertThat(log).content().contains("DEBUG dev.jvmm.test not seen");
  }

  @Test
  void run_timestamps_beginTheLine() {
    assertThat(run(poweringOff(), "-msg", "timestamp=on", "-smp", "0")).isEqualTo(1);
    assertThat(err()).matches("20\\d\\d-\\S+Z jvmm: -smp 0: .*\n");
  }

  @Test
  void run_inquiry_isAnsweredOnStandardOutput() {
    FakeMachinery.Factory factory = poweringOff();
    assertThat(run(factory, "-version")).isZero();
    assertThat(out()).matches("jvmm version \\d+\\.\\d+\\.\\d+\\S*\n");
    assertThat(err()).isEmpty();
    assertThat(factory.calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-kernal x | -kernal: no such option; did you mean -kernel?",
        "--no-rebot | --no-rebot: no such option; did you mean -no-reboot?",
        "-tpmdev x | -tpmdev: no such option; -help lists them",
        "- | -: neither an option nor a file; options begin with a dash, -help lists them",
        "-m 1G -kernel | -kernel: its value is missing, -kernel FILE",
        "-m 0 | -m 0: 0 bytes; a machine has at least 2 MiB",
        "-m 1 | -m 1: 1 MiB; a machine has at least 2 MiB",
        "-m 99999T | -m 99999T: 97.65 PiB; a PC addresses at most 4 PiB",
        "-smp 0 | -smp 0: cpus must be 1 or more",
        "-cpu hsot | -cpu hsot: no such CPU model; did you mean host?",
        "-cpu host,+avx22 | -cpu host,+avx22: no CPU feature or property avx22; did you mean avx2?",
        "-device isa-debug-exi | -device isa-debug-exi: no such device; did you mean"
            + " isa-debug-exit?",
        "-device isa-debug-exit,iobas=1 | -device isa-debug-exit,iobas=1: isa-debug-exit has no"
            + " property iobas; did you mean iobase?",
        "-device isa-debug-exit,iobase=z | -device isa-debug-exit,iobase=z: iobase is a number from"
            + " 0 to 0xffff, not z",
        "-machine pcc | -machine pcc: no such machine; there are microvm and pc; did you mean pc?",
        "-M pc,acpi=onn | -M pc,acpi=onn: acpi is on or off, not onn; did you mean on?",
        "-accel tcg | -accel tcg: the only accelerator is kvm",
        "-serial chardev:a -chardev null,id=a -debugcon chardev:a | -device"
            + " isa-debugcon,chardev=a: chardev a is taken by -serial chardev:a; each serves one"
            + " device",
        "-display gtk | -display gtk: there is no display; leave it out, or say none",
        "-monitor stdio | -monitor stdio: there is no monitor yet; leave it out, or say none",
        "-sandbox on | -sandbox on: there is no system call filter yet; leave it out, or say off",
        "-overcommit mem-lock=on | -overcommit mem-lock=on: mem-lock=on can't be had; leave it"
            + " out",
        "-d gest_errors | -d gest_errors: no item gest_errors; there are guest_errors, unimp; did"
            + " you mean guest_errors?",
        "-boot odrer=c | -boot odrer=c: no property odrer; did you mean order?",
        "-name gest=x | -name gest=x: no property gest; did you mean guest?",
        "-rtc base=never | -rtc base=never: give utc, localtime or a date such as"
            + " 2030-01-31T12:00:00",
      })
  void run_badInput_isOneSentenceAndNothingStarts(String arguments, String sentence) {
    FakeMachinery.Factory factory = poweringOff();
    assertThat(run(factory, arguments.split(" "))).isEqualTo(1);
    assertThat(err()).isEqualTo("jvmm: " + sentence + "\n");
    assertThat(out()).isEmpty();
    assertThat(factory.calls()).isEmpty();
  }
}

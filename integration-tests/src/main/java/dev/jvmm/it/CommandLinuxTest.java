package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.CommandRun;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command with a real guest: how it ends, and what its exit status says. */
@Tag("linux")
@FirstLevel(seconds = 45)
class CommandLinuxTest {

  @TempDir private Path folder;

  @Test
  void sigterm_endsItOrderly() throws IOException, InterruptedException {
    Path pidFile = folder.resolve("pid");
    try (CommandRun run = new CommandRun(folder, "-pidfile", pidFile.toString(), "-smp", "2")) {
      assertThat(pidFile).content().isEqualTo(run.process().pid() + "\n");
      run.process().destroy(); // SIGTERM
      assertThat(run.status()).isZero();
      assertThat(pidFile).doesNotExist();
    }
  }

  @Test
  void powerOff_isSuccess() throws IOException, InterruptedException {
    try (CommandRun run = new CommandRun(folder)) {
      run.ask("poweroff -f");
      assertThat(run.status()).isZero();
    }
  }

  @Test
  void debugExit_givesItsCode() throws IOException, InterruptedException {
    try (CommandRun run =
        new CommandRun(folder, "-device", "isa-debug-exit,iobase=0xf4,iosize=4")) {
      run.ask("printf '\\020' | dd of=/dev/port bs=1 seek=244");
      assertThat(run.status()).isEqualTo((0x10 << 1) | 1);
    }
  }

  @Test
  void panicWithoutReboot_isSuccess() throws IOException, InterruptedException {
    try (CommandRun run = new CommandRun(folder, "-no-reboot")) {
      run.ask("echo c >/proc/sysrq-trigger");
      assertThat(run.status()).isZero();
    }
  }
}

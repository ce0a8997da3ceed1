package dev.jvmm.it.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A person's terminal gets its own settings back, whatever way jvmm ends; it is a pseudo-terminal
 * of script(1).
 */
@Tag("kvm")
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TerminalKvmTest {

  private static final Path CHECKOUT = Path.of(System.getProperty("jvmm.checkout"));

  /** Such as nobody's defaults are. */
  private static final String OWN_SETTINGS = "stty erase ^H intr ^G -echoctl -ixon";

  /** Without what the tests' parent ignores: a shell in the background has SIGINT ignored. */
  private static final String SESSION = "env --default-signal sh session";

  private static final byte[] CTRL_A_X = {1, 'x'};

  @TempDir private Path folder;
  private Process terminal;

  @BeforeEach
  void startInATerminal() throws IOException {
    assumeTrue(new File("/dev/kvm").canWrite(), "/dev/kvm is missing or may not be opened");
    Path kernel = TinyKernel.halting(folder.resolve("halt.elf"), "@");
    String jvmm =
        "'%s' -nographic -m 64 -pidfile pid -kernel '%s'"
            .formatted(CHECKOUT.resolve("jvmm"), kernel);
    Files.writeString(
        folder.resolve("session"),
        String.join(
            "\n",
            "ulimit -c 0",
            OWN_SETTINGS,
            "tty >tty",
            "stty -g >before",
            jvmm,
            "echo $? >status",
            "stty -g >after"));
    terminal =
        new ProcessBuilder("script", "--quiet", "--command", SESSION, "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
  }

  @AfterEach
  void leaveTheTerminal() {
    if (terminal != null) {
      terminal.descendants().forEach(ProcessHandle::destroyForcibly);
      terminal.destroyForcibly();
    }
  }

  @Test
  void crashOfTheJvm_restoresThem() throws IOException, InterruptedException {
    awaitGuest();
    signal("SEGV");
    assertThat(statusOnceRestored()).isNotZero();
  }

  @Test
  void sigterm_restoresThem() throws IOException, InterruptedException {
    awaitGuest();
    signal("TERM");
    assertThat(statusOnceRestored()).isZero();
  }

  @Test
  void sigint_restoresThem() throws IOException, InterruptedException {
    awaitGuest();
    signal("INT");
    assertThat(statusOnceRestored()).isZero();
  }

  @Test
  void ctrlAX_restoresThem() throws IOException, InterruptedException {
    awaitGuest();
    terminal.getOutputStream().write(CTRL_A_X);
    terminal.getOutputStream().flush();
    assertThat(statusOnceRestored()).isZero();
  }

  /** The guest's first word comes by a terminal that is raw already. */
  private void awaitGuest() throws IOException, InterruptedException {
    StringBuilder seen = new StringBuilder();
    int next = terminal.getInputStream().read();
    while (next >= 0 && next != '@') {
      seen.append((char) next);
      next = terminal.getInputStream().read();
    }
    assertThat(next).as("what the terminal showed: %s", seen).isEqualTo('@');
    assertThat(settingsNow()).isNotEqualTo(said("before"));
  }

  private String settingsNow() throws IOException, InterruptedException {
    Process stty = new ProcessBuilder("stty", "-F", said("tty"), "-g").start();
    String settings = new String(stty.getInputStream().readAllBytes(), US_ASCII).strip();
    assertThat(stty.waitFor()).isZero();
    return settings;
  }

  private void signal(String name) throws IOException, InterruptedException {
    assertThat(new ProcessBuilder("kill", "-" + name, said("pid")).start().waitFor()).isZero();
  }

  private int statusOnceRestored() throws IOException, InterruptedException {
    terminal.getInputStream().readAllBytes(); // to the session's end
    terminal.waitFor();
    assertThat(said("after")).isEqualTo(said("before"));
    return Integer.parseInt(said("status"));
  }

  private String said(String file) throws IOException {
    return Files.readString(folder.resolve(file)).strip();
  }
}

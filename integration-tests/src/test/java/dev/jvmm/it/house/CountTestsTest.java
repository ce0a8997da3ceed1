package dev.jvmm.it.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The summary with which {@code ./verify} ends. */
class CountTestsTest {

  private static final Path SCRIPT =
      Path.of(System.getProperty("jvmm.checkout"), "scripts/count-tests");

  private record Summary(int status, String text) {}

  @TempDir private Path folder;

  @Test
  void linux_saysHowManyFirstLevelsWereRetried() throws IOException, InterruptedException {
    Summary summary = count("", Map.of("lost", "2"));

    assertThat(summary.text())
        .containsPattern("linux +2 +0 +0   2 first levels lost\n")
        .contains("4 passed, 0 failed, 0 skipped");
    assertThat(summary.status()).isZero();
  }

  @Test
  void failure_fails() throws IOException, InterruptedException {
    Summary summary = count("<failure>no prompt</failure>", Map.of());

    assertThat(summary.text()).containsPattern("linux +2 +1 +0   0 first levels lost\n");
    assertThat(summary.status()).isEqualTo(1);
  }

  @Test
  void skippedLinuxTest_failsUnlessAllowed() throws IOException, InterruptedException {
    assertThat(count("<skipped/>", Map.of()).status()).isEqualTo(1);
    assertThat(count("<skipped/>", Map.of("allow_skips", "yes")).status()).isZero();
  }

  private Summary count(String outcome, Map<String, String> environment)
      throws IOException, InterruptedException {
    String xml =
        """
        <testsuite>
        <testcase classname="a.FooTest" name="one"></testcase>
        <testcase classname="a.FooKvmTest" name="one"></testcase>
        <testcase classname="a.FooLinuxTest" name="one"></testcase>
        <testcase classname="a.FooLinuxTest" name="two">%s</testcase>
        </testsuite>
        """
            .formatted(outcome);
    Path report = Files.writeString(folder.resolve("TEST-a.xml"), xml);
    ProcessBuilder builder = new ProcessBuilder(SCRIPT.toString(), report.toString());
    builder.environment().putAll(environment);
    Process process = builder.redirectErrorStream(true).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    return new Summary(process.waitFor(), text);
  }
}

package dev.jvmm.it.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.FirstLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run makes of its script's end; the script is a stand-in. */
class GuestRunTest {

  @FirstLevel
  private static final class Flaky {}

  private static final String NAME = Flaky.class.getName();

  /** Fails the first time and passes from then on, as a flaky test does. */
  private static final String FLAKY =
      """
      #!/bin/sh
      while [ "$1" != --out ]; do shift; done
      printf x >>"$0.calls"
      [ -e "$0.failed" ] || failure='<failure>no prompt</failure>'
      : >"$0.failed"
      echo "<testsuite><testcase name='shell()' classname='%s'>$failure</testcase></testsuite>" >"$2/TEST-a.xml"
      """
          .formatted(NAME.replace("$", "\\$"));

  private static final String SILENT =
      """
      #!/bin/sh
      printf x >>"$0.calls"
      echo it went wrong
      exit 124
      """;

  @TempDir Path checkout;

  @Test
  void failedTest_hasFailedAndIsNotRunAgain() throws IOException {
    assertThat(resultsOf(FLAKY)).extracting(InnerTest::failed).containsExactly(true);
    assertThat(calls()).isEqualTo("x");
  }

  @Test
  void classWithoutReport_hasFailedWithTheRunsOutput() throws IOException {
    assertThat(resultsOf(SILENT))
        .containsExactly(InnerTest.lost(NAME, "exit status 124\nit went wrong"));
    assertThat(calls()).isEqualTo("x");
  }

  private List<InnerTest> resultsOf(String script) throws IOException {
    Path file = Files.createDirectories(checkout.resolve("integration-tests"));
    file = Files.writeString(file.resolve("guest-tests"), script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    RunPlan plan = RunPlan.of(List.of(Flaky.class)).getFirst();
    return new GuestRun(checkout, checkout.resolve("run-1"), plan).results();
  }

  private String calls() throws IOException {
    return Files.readString(checkout.resolve("integration-tests/guest-tests.calls"));
  }
}

package dev.jvmm.it.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.FirstLevel;
import dev.jvmm.it.report.Line;
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
  private static final class First {}

  @FirstLevel
  private static final class Second {}

  private static final String FIRST = First.class.getName();
  private static final String SECOND = Second.class.getName();

  /** Keeps its arguments; has a function that reports a test of a class. */
  private static final String BEGINNING =
      """
      #!/bin/sh
      echo "$*" >>"$0.calls"
      while [ "$1" != --out ]; do shift; done
      test_of() {
        printf "$1\\t$2\\ttest\\tsaid\\n" >>"$out/report"
      }
      end_of() {
        printf "CLASS_ENDED\\t$1\\t\\t\\n" >>"$out/report"
      }
      out=$2
      """;

  @TempDir Path checkout;

  @Test
  void failedTest_hasFailedAndIsNotRunAgain() throws IOException {
    script("test_of FAILED '%s'; end_of '%s'; exit 1".formatted(FIRST, FIRST));

    assertThat(results(First.class)).containsExactly(test(Line.Outcome.FAILED, FIRST));
    assertThat(calls()).hasSize(1);
  }

  @Test
  void classWithoutReport_hasFailedWithTheRunsOutput() throws IOException {
    script("echo it went wrong; exit 124");

    assertThat(results(First.class)).containsExactly(lost("exit status 124\nit went wrong"));
    assertThat(calls()).hasSize(1);
  }

  @Test
  void lostFirstLevel_takesOnlyWhatItHadNotFinished() throws IOException {
    script(
        """
        if [ "$(wc -l <"$0.calls")" = 1 ]; then
          test_of PASSED '%s'; end_of '%s'; test_of FAILED '%s'; exit 125
        fi
        test_of PASSED '%s'; end_of '%s'
        """
            .formatted(FIRST, FIRST, SECOND, SECOND, SECOND));

    assertThat(results(First.class, Second.class))
        .containsExactly(test(Line.Outcome.PASSED, FIRST), test(Line.Outcome.PASSED, SECOND));
    assertThat(calls())
        .satisfiesExactly(
            call -> assertThat(call).contains("$First", "$Second"),
            call -> assertThat(call).contains("$Second").doesNotContain("$First"));
    assertThat(checkout.resolve("run-1/" + GuestRun.LOST))
        .hasContent("attempt 1: lost before the end of [" + SECOND + "]\n");
  }

  @Test
  void firstLevelsThatAreAllLost_areGivenUp() throws IOException {
    script("echo gone; exit 125");

    assertThat(results(First.class)).containsExactly(lost("exit status 125\ngone"));
    assertThat(calls()).hasSize(3);
  }

  private static Line test(Line.Outcome outcome, String className) {
    return new Line(outcome, className, "test", "said");
  }

  private static Line lost(String text) {
    return new Line(Line.Outcome.FAILED, FIRST, "no report", text);
  }

  private void script(String body) throws IOException {
    Path file = Files.createDirectories(checkout.resolve("integration-tests"));
    file = Files.writeString(file.resolve("guest-tests"), BEGINNING + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private List<Line> results(Class<?>... classes) {
    RunPlan plan = RunPlan.of(List.of(classes)).getFirst();
    return new GuestRun(checkout, checkout.resolve("run-1"), plan).results();
  }

  private List<String> calls() throws IOException {
    return Files.readAllLines(checkout.resolve("integration-tests/guest-tests.calls"));
  }
}

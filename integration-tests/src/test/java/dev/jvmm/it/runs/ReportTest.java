package dev.jvmm.it.runs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportTest {

  private static final String XML =
      """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuite name="JUnit Jupiter" tests="4" skipped="1" failures="1" errors="1">
      <testcase name="shell_answers()" classname="a.ShellLinuxTest" time="1.5">
      <system-out><![CDATA[unique-id: x <failure> is only a word here]]></system-out>
      </testcase>
      <testcase name="reboot_returns()" classname="a.ShellLinuxTest" time="2">
      <failure message="no prompt" type="java.lang.AssertionError"><![CDATA[
      java.lang.AssertionError: no prompt
      	at a.ShellLinuxTest]]></failure>
      </testcase>
      <testcase name="disk_isSeen(int)[2]" classname="b.DiskLinuxTest" time="0">
      <skipped><![CDATA[no disk]]></skipped>
      </testcase>
      <testcase name="disk_isRead()" classname="b.DiskLinuxTest" time="0">
      <error message="EIO" type="java.io.IOException"><![CDATA[java.io.IOException: EIO]]></error>
      </testcase>
      </testsuite>
      """;

  @TempDir Path folder;

  @Test
  void read_tellsEachTestsOutcomeAndReason() throws IOException {
    Files.writeString(folder.resolve("TEST-junit-jupiter.xml"), XML);
    Files.writeString(folder.resolve("output.txt"), "no XML");

    assertThat(Report.read(folder))
        .containsExactly(
            new InnerTest("a.ShellLinuxTest", "shell_answers", InnerTest.Outcome.PASSED, ""),
            new InnerTest(
                "a.ShellLinuxTest",
                "reboot_returns",
                InnerTest.Outcome.FAILED,
                "java.lang.AssertionError: no prompt\n\tat a.ShellLinuxTest"),
            new InnerTest(
                "b.DiskLinuxTest", "disk_isSeen(int)[2]", InnerTest.Outcome.SKIPPED, "no disk"),
            new InnerTest(
                "b.DiskLinuxTest",
                "disk_isRead",
                InnerTest.Outcome.FAILED,
                "java.io.IOException: EIO"));
  }

  @Test
  void read_isEmptyWithoutReports() {
    assertThat(Report.read(folder)).isEmpty();
  }
}

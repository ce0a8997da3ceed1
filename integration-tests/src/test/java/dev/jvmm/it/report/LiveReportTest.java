package dev.jvmm.it.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Disabled;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/** What JUnit's launcher has the report say; the samples are no tests of ours. */
class LiveReportTest {

  @TempDir private Path folder;

  @TestMethodOrder(MethodOrderer.MethodName.class)
  static class Sample {
    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void a_passes(int number) {
      assertThat(number).isPositive();
    }

    @Test
    void b_fails() {
      throw new AssertionError("no prompt\n\tin C:\\new");
    }

    @Test
    void c_givesUp() {
      Assumptions.abort("no disk");
    }

    @Test
    @Disabled("not here")
    void d_isSkipped() {}
  }

  static class Hopeless {
    @BeforeAll
    static void setUp() {
      Assumptions.abort("needs root");
    }

    @Test
    void never() {}
  }

  @Test
  void report_tellsEachTestsOutcomeAndReason() throws IOException {
    String name = Sample.class.getName();

    List<Line> lines = linesOf(Sample.class);

    assertThat(lines)
        .extracting(Line::outcome, Line::className, Line::name)
        .containsExactly(
            tuple(Line.Outcome.PASSED, name, "a_passes(int)[1]"),
            tuple(Line.Outcome.PASSED, name, "a_passes(int)[2]"),
            tuple(Line.Outcome.FAILED, name, "b_fails"),
            tuple(Line.Outcome.SKIPPED, name, "c_givesUp"),
            tuple(Line.Outcome.SKIPPED, name, "d_isSkipped"),
            tuple(Line.Outcome.CLASS_ENDED, name, ""));
    assertThat(lines.get(2).text())
        .startsWith("java.lang.AssertionError: no prompt\n\tin C:\\new\n\tat ");
    assertThat(lines.get(4).text()).contains("not here");
  }

  @Test
  void class_thatGivesUpBeforeItsTestsIsATestItself() throws IOException {
    assertThat(linesOf(Hopeless.class))
        .extracting(Line::outcome)
        .containsExactly(Line.Outcome.SKIPPED, Line.Outcome.CLASS_ENDED);
  }

  @Test
  void lineThatIsNotWhole_isNotRead() throws IOException {
    Path file = folder.resolve("report");
    Line whole = new Line(Line.Outcome.PASSED, "a.B", "c", "");
    Files.writeString(file, whole.encoded());
    Files.writeString(file, "FAILED\ta.B\td", StandardOpenOption.APPEND);

    assertThat(LiveReport.read(file)).containsExactly(whole);
  }

  @Test
  void missingFile_hasNoLines() throws IOException {
    assertThat(LiveReport.read(folder.resolve("report"))).isEmpty();
  }

  private List<Line> linesOf(Class<?> sample) throws IOException {
    Path file = folder.resolve("report");
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(sample)).build();
    LauncherFactory.create().execute(request, new LiveReport(file));
    return LiveReport.read(file);
  }
}

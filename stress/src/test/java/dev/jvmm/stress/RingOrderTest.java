package dev.jvmm.stress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Runs the races on the queue as it is, and with either of its fences taken out: then both sides
 * are seen to sleep, so the first of the tests can fail.
 */
class RingOrderTest {

  private static final int LONG_ENOUGH_MILLIS = 2_000;

  /** Most often it takes half a second; on a busy machine the two threads seldom meet. */
  private static final int PATIENCE_MILLIS = 60_000;

  @TempDir private Path folder;

  @BeforeEach
  void aProcessorForEach() {
    assumeThat(Runtime.getRuntime().availableProcessors()).as("processors").isGreaterThan(1);
  }

  @Test
  void oneOfTheTwo_alwaysKnows() throws Exception {
    assertThat(races(LONG_ENOUGH_MILLIS, "UsedEvent", "InterruptFlag", "AvailEvent", "NotifyFlag"))
        .contains(
            "UsedEvent" + Races.ONE_KNEW,
            "InterruptFlag" + Races.ONE_KNEW,
            "AvailEvent" + Races.ONE_KNEW,
            "NotifyFlag" + Races.ONE_KNEW);
  }

  @ParameterizedTest
  @CsvSource({"flush, UsedEvent, InterruptFlag", "allowNotifications, AvailEvent, NotifyFlag"})
  void withoutAFence_bothSleep(String method, String byIndex, String byFlag) throws Exception {
    FenceRemover.remove(method, folder);
    assertThat(races(PATIENCE_MILLIS, byIndex, byFlag))
        .contains(byIndex + Races.BOTH_SLEPT, byFlag + Races.BOTH_SLEPT);
  }

  /** Runs races in a JVM of their own; what {@link #folder} has comes first on its class path. */
  private List<String> races(int millis, String... names) throws IOException, InterruptedException {
    Path output = folder.resolve("output");
    List<String> command = new ArrayList<>();
    command.add(ProcessHandle.current().info().command().orElseThrow());
    command.addAll(List.of("-XX:+UseSerialGC", "-Xmx512m", "-cp"));
    command.add(folder + File.pathSeparator + System.getProperty("java.class.path"));
    command.add(Races.class.getName());
    command.add(Integer.toString(millis));
    command.addAll(List.of(names));
    new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(output.toFile())
        .start()
        .waitFor(); // what it says tells more than its exit status
    return Files.readAllLines(output);
  }
}

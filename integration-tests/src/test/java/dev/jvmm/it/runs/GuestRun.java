package dev.jvmm.it.runs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * One call of {@code integration-tests/guest-tests}.
 *
 * <p>Thread: confined to the test's.
 */
final class GuestRun {

  private static final int TAIL_LINES = 40;

  /** Longer than the script's own limit, retry of a dead first level included. */
  private static final long LIMIT_MINUTES = 12;

  private final Path checkout;
  private final Path folder;
  private final RunPlan plan;

  /** Leaves output and reports in the folder. */
  GuestRun(Path checkout, Path folder, RunPlan plan) {
    this.checkout = checkout;
    this.folder = folder;
    this.plan = plan;
  }

  /**
   * Runs it, once: a test that fails has failed. A first level that is lost is the script's to
   * start again, and told of here.
   */
  List<InnerTest> results() {
    try {
      Files.createDirectories(folder);
      Path output = folder.resolve("output.txt");
      int status = run(output);
      Path retried = folder.resolve("first-level-retried");
      if (Files.exists(retried)) {
        System.err.printf(
            "guest tests: %s: %s; once more%n",
            folder.getFileName(), Files.readString(retried).strip());
      }
      List<InnerTest> results = new ArrayList<>(Report.read(folder));
      Set<String> reported = results.stream().map(InnerTest::className).collect(Collectors.toSet());
      for (String className : plan.classes()) {
        if (!reported.contains(className)) {
          results.add(InnerTest.lost(className, "exit status " + status + "\n" + tail(output)));
        }
      }
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private int run(Path output) throws IOException {
    Process process =
        new ProcessBuilder(command())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      if (process.waitFor(LIMIT_MINUTES, TimeUnit.MINUTES)) {
        return process.exitValue();
      }
      process.destroy(); // the script takes its first level with it
      return process.waitFor();
    } catch (InterruptedException e) {
      process.destroy();
      Thread.currentThread().interrupt();
      throw new IOException(e);
    }
  }

  private List<String> command() {
    List<String> command = new ArrayList<>();
    command.add(checkout.resolve("integration-tests/guest-tests").toString());
    command.addAll(List.of("--cpus", Integer.toString(plan.request().cpus())));
    command.addAll(List.of("--memory", plan.request().memory()));
    if (!plan.request().scratch().isEmpty()) {
      command.addAll(List.of("--scratch", plan.request().scratch()));
    }
    if (!plan.request().raw().isEmpty()) {
      command.addAll(List.of("--raw", plan.request().raw()));
    }
    command.addAll(List.of("--out", folder.toString(), "--"));
    command.addAll(plan.classes());
    return command;
  }

  private static String tail(Path output) throws IOException {
    List<String> lines = Files.readAllLines(output);
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}

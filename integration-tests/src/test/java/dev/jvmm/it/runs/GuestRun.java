package dev.jvmm.it.runs;

import dev.jvmm.it.report.Line;
import dev.jvmm.it.report.LiveReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The classes of a plan, run to their ends by {@code integration-tests/guest-tests}.
 *
 * <p>A test that fails has failed. A first level that is lost takes the classes with it that it had
 * not brought to an end; they begin anew in another one. Whatever the emulator does, a class is
 * begun {@link #ATTEMPTS} times at most.
 *
 * <p>Thread: confined to the test's.
 */
final class GuestRun {

  /** What each loss says of itself, a line each; counted at the end of {@code ./verify}. */
  static final String LOST = "first-levels-lost";

  private static final String OUTPUT = "output.txt";
  private static final int ATTEMPTS = 3;
  private static final int TAIL_LINES = 40;

  /** The exit status of nested/run for a first level that was lost. */
  private static final int FIRST_LEVEL_LOST = 125;

  private final Path checkout;
  private final Path folder;
  private final RunPlan plan;
  private final List<Line> results = new ArrayList<>();

  /** Leaves output and reports in the folder. */
  GuestRun(Path checkout, Path folder, RunPlan plan) {
    this.checkout = checkout;
    this.folder = folder;
    this.plan = plan;
  }

  /** Runs it; answers its tests in the order in which they ended. */
  List<Line> results() {
    try {
      List<String> left = plan.classes();
      int status = 0;
      String tail = "";
      for (int attempt = 1; !left.isEmpty() && attempt <= ATTEMPTS; attempt++) {
        status = run(left, attempt);
        tail = tail(folder(attempt));
        List<String> through = take(folder(attempt));
        left = left.stream().filter(name -> !through.contains(name)).toList();
        if (status != FIRST_LEVEL_LOST) {
          break;
        }
        tell("attempt " + attempt + ": lost before the end of " + left);
      }
      for (String className : left) {
        String text = "exit status " + status + "\n" + tail;
        results.add(new Line(Line.Outcome.FAILED, className, "no report", text));
      }
      return results;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path folder(int attempt) {
    return folder.resolve("attempt-" + attempt);
  }

  /** Takes over the tests of the classes that came to their ends; answers those. */
  private List<String> take(Path attempt) throws IOException {
    List<Line> lines = LiveReport.read(attempt.resolve("report"));
    List<String> through =
        lines.stream()
            .filter(line -> line.outcome() == Line.Outcome.CLASS_ENDED)
            .map(Line::className)
            .toList();
    lines.stream()
        .filter(line -> line.outcome() != Line.Outcome.CLASS_ENDED)
        .filter(line -> through.contains(line.className()))
        .forEach(results::add);
    return through;
  }

  private void tell(String loss) throws IOException {
    System.err.printf("guest tests: %s: %s%n", folder.getFileName(), loss);
    Files.writeString(
        folder.resolve(LOST), loss + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private int run(List<String> classes, int attempt) throws IOException {
    Path out = Files.createDirectories(folder(attempt));
    Process process =
        new ProcessBuilder(command(classes, out))
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(out.resolve(OUTPUT).toFile())
            .start();
    try {
      // The script has a limit of its own, a minute before this.
      if (process.waitFor(plan.limitSeconds() + 60, TimeUnit.SECONDS)) {
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

  private List<String> command(List<String> classes, Path out) {
    List<String> command = new ArrayList<>();
    command.add(checkout.resolve("integration-tests/guest-tests").toString());
    command.addAll(List.of("--tries", "1", "--timeout", Integer.toString(plan.limitSeconds())));
    command.addAll(List.of("--cpus", Integer.toString(plan.request().cpus())));
    command.addAll(List.of("--memory", plan.request().memory()));
    if (!plan.request().scratch().isEmpty()) {
      command.addAll(List.of("--scratch", plan.request().scratch()));
    }
    if (!plan.request().raw().isEmpty()) {
      command.addAll(List.of("--raw", plan.request().raw()));
    }
    command.addAll(List.of("--out", out.toString(), "--"));
    command.addAll(classes);
    return command;
  }

  private static String tail(Path attempt) throws IOException {
    List<String> lines = Files.readAllLines(attempt.resolve(OUTPUT));
    return String.join("\n", lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()));
  }
}

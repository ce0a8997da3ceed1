package dev.jvmm.it.runs;

import dev.jvmm.it.FirstLevel;
import dev.jvmm.it.report.Line;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Runs the tests of real guests where they can run, and is each of them for the summary.
 *
 * <p>{@code -Dguests=NAME} picks classes whose name contains NAME.
 */
@Tag("linux")
class RealGuestsLinuxTest {

  private static final String SUFFIX = "LinuxTest.class";

  @TestFactory
  Stream<DynamicTest> guests() throws IOException {
    Path checkout = Path.of(System.getProperty("jvmm.checkout"));
    Path folder = checkout.resolve("integration-tests/target/guest-tests");
    List<RunPlan> plans = RunPlan.of(classes(System.getProperty("guests", "")));
    List<Future<List<Line>>> runs = new ArrayList<>();
    try (ExecutorService atOnce = Executors.newFixedThreadPool(runsAtOnce(checkout))) {
      for (RunPlan plan : plans) {
        Path out = folder.resolve("run-" + (runs.size() + 1));
        runs.add(atOnce.submit(() -> new GuestRun(checkout, out, plan).results()));
      }
    }
    return runs.stream().flatMap(run -> run.resultNow().stream()).map(RealGuestsLinuxTest::replay);
  }

  /** How many there is room for, as the script knows. */
  private static int runsAtOnce(Path checkout) throws IOException {
    String script = checkout.resolve("integration-tests/guest-tests").toString();
    Process process = new ProcessBuilder(script, "--at-once").start();
    try (BufferedReader output = process.inputReader()) {
      return Integer.parseInt(output.readLine());
    }
  }

  /** A test that ends as that one did, so that the summary counts it once. */
  private static DynamicTest replay(Line line) {
    String simpleName = line.className().substring(line.className().lastIndexOf('.') + 1);
    return DynamicTest.dynamicTest(simpleName + "." + line.name(), () -> end(line));
  }

  private static void end(Line line) {
    switch (line.outcome()) {
      case PASSED, CLASS_ENDED -> {}
      case FAILED -> Assertions.fail(line.className() + "." + line.name() + ": " + line.text());
      case SKIPPED -> Assumptions.abort(line.text());
    }
  }

  private static List<Class<?>> classes(String part) throws IOException {
    Path root = mainClasses();
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(path -> path.toString().endsWith(SUFFIX)).sorted().toList()) {
        String name = root.relativize(file).toString().replace('/', '.');
        if (name.contains(part)) {
          classes.add(load(name.substring(0, name.length() - ".class".length())));
        }
      }
    }
    return classes;
  }

  /** Where the tests of real guests are: beside the annotation that they wear. */
  private static Path mainClasses() {
    try {
      return Path.of(FirstLevel.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new AssertionError(e);
    }
  }

  private static Class<?> load(String name) {
    try {
      return Class.forName(name, false, RealGuestsLinuxTest.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }
}

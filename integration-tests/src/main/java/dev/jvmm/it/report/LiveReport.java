package dev.jvmm.it.report;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.TestSource;
import org.junit.platform.engine.support.descriptor.ClassSource;
import org.junit.platform.engine.support.descriptor.MethodSource;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;

/**
 * Writes each test's outcome when it ends, into the file {@code jvmm.report}, if there is one. A
 * class that fails or gives up before its tests is reported as one test.
 *
 * <p>Thread: JUnit's, one at a time.
 */
public final class LiveReport implements TestExecutionListener {

  private final @Nullable Path file;

  /** Made by JUnit's launcher. */
  public LiveReport() {
    this(Optional.ofNullable(System.getProperty("jvmm.report")).map(Path::of).orElse(null));
  }

  LiveReport(@Nullable Path file) {
    this.file = file;
  }

  /** All lines that are there whole; none when a run came to no report. */
  public static List<Line> read(Path file) throws IOException {
    String content;
    try {
      content = Files.readString(file);
    } catch (NoSuchFileException e) {
      return List.of();
    }
    List<Line> lines = new ArrayList<>();
    int end;
    for (int start = 0; (end = content.indexOf('\n', start)) >= 0; start = end + 1) {
      lines.add(Line.decoded(content.substring(start, end)));
    }
    return lines;
  }

  @Override
  public void executionFinished(TestIdentifier test, TestExecutionResult result) {
    String className = className(test);
    if (className == null) {
      return;
    }
    Line.Outcome outcome =
        switch (result.getStatus()) {
          case SUCCESSFUL -> Line.Outcome.PASSED;
          case ABORTED -> Line.Outcome.SKIPPED;
          case FAILED -> Line.Outcome.FAILED;
        };
    String text = result.getThrowable().map(LiveReport::text).orElse("");
    if (test.isTest() || outcome != Line.Outcome.PASSED) {
      write(new Line(outcome, className, name(test), text));
    }
    if (isClass(test)) {
      write(new Line(Line.Outcome.CLASS_ENDED, className, "", ""));
    }
  }

  @Override
  public void executionSkipped(TestIdentifier test, String reason) {
    String className = className(test);
    if (className != null) {
      write(new Line(Line.Outcome.SKIPPED, className, name(test), reason));
      if (isClass(test)) {
        write(new Line(Line.Outcome.CLASS_ENDED, className, "", ""));
      }
    }
  }

  private void write(Line line) {
    if (file == null) {
      return;
    }
    try {
      Files.writeString(file, line.encoded(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isClass(TestIdentifier test) {
    return test.getSource().orElse(null) instanceof ClassSource;
  }

  private static @Nullable String className(TestIdentifier test) {
    TestSource source = test.getSource().orElse(null);
    return switch (source) {
      case MethodSource method -> method.getClassName();
      case ClassSource type -> type.getClassName();
      case null, default -> null;
    };
  }

  /** The method's, and which call of it. */
  private static String name(TestIdentifier test) {
    return test.getLegacyReportingName().replaceFirst("\\(\\)$", "");
  }

  private static String text(Throwable throwable) {
    StringWriter text = new StringWriter();
    throwable.printStackTrace(new PrintWriter(text));
    return text.toString().strip();
  }
}

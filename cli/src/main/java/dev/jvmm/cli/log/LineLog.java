package dev.jvmm.cli.log;

import java.io.IOException;
import java.io.PrintStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/**
 * Where lines go: what matters to a person to standard error, or everything down to a level into a
 * file. There is one a process, as there is one command a process.
 *
 * <p>Thread: safe; a line is written whole.
 */
public final class LineLog {

  private static final Target STANDARD_ERROR = new Target(null, Level.WARNING);

  private static volatile Target target = STANDARD_ERROR;

  /** No file: standard error, whatever that is at the time. */
  private record Target(@Nullable PrintStream file, Level least) {}

  private LineLog() {}

  /**
   * Sends everything to a file, which is emptied first.
   *
   * @param least the least important level that is written
   * @throws IOException if it can't be written
   */
  public static void toFile(Path file, Level least) throws IOException {
    PrintStream stream = new PrintStream(Files.newOutputStream(file), true, StandardCharsets.UTF_8);
    closeAfter(new Target(stream, least));
  }

  /** Closes the file, if there is one. */
  public static void toStandardError() {
    closeAfter(STANDARD_ERROR);
  }

  private static void closeAfter(Target next) {
    PrintStream last = target.file();
    target = next;
    if (last != null) {
      last.close();
    }
  }

  /** The time as messages begin with it. */
  public static String timestamp() {
    return Instant.now().truncatedTo(ChronoUnit.MILLIS).toString();
  }

  static boolean accepts(Level level) {
    return level != Level.OFF && level.compareTo(target.least()) >= 0;
  }

  /** Writes a line, and under it the stack of what was thrown. */
  @SuppressWarnings("SystemErrPrintStream") // where messages of a command belong
  static void write(Level level, String logger, String message, @Nullable Throwable thrown) {
    PrintStream file = target.file();
    boolean toPeople = file == null;
    PrintStream stream = file == null ? System.err : file;
    synchronized (STANDARD_ERROR) {
      stream.println(
          toPeople
              ? "jvmm: " + word(level) + ": " + message
              : timestamp() + " " + level + " " + logger + " " + message);
      if (thrown != null) {
        thrown.printStackTrace(stream);
      }
    }
  }

  private static String word(Level level) {
    return level == Level.WARNING ? "warning" : "error";
  }
}

package dev.jvmm.cli.option;

import dev.jvmm.machine.Machine;
import dev.jvmm.machine.MachineBuilder;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * What a command line asks for: a machine, and how the process around it behaves; or a text.
 *
 * <p>Thread: confined.
 */
public final class Request {

  private final MachineBuilder machine = Machine.pc().onTerminal();
  private @Nullable String answer;
  private @Nullable Path pidFile;
  private @Nullable Path logFile;
  private Level logLevel = Level.INFO;
  private boolean timestamps;

  /** Asks for a PC with the default guest. */
  public Request() {}

  /** The machine, as far as it has been said. */
  public MachineBuilder machine() {
    return machine;
  }

  /** What is to be printed instead of running a machine, or null. */
  public @Nullable String answer() {
    return answer;
  }

  /** Where the process id is written, or null. */
  public @Nullable Path pidFile() {
    return pidFile;
  }

  /** Where messages are written, or null for standard error. */
  public @Nullable Path logFile() {
    return logFile;
  }

  /** The least important messages that are written to {@link #logFile}. */
  public Level logLevel() {
    return logLevel;
  }

  /** Whether messages for the user begin with the time. */
  public boolean timestamps() {
    return timestamps;
  }

  /** The first question is answered, what stands behind it is not looked at. */
  void answer(String text) {
    answer = text;
  }

  void pidFile(Path file) {
    pidFile = file;
  }

  void logFile(Path file) {
    logFile = file;
  }

  void logLevel(Level level) {
    logLevel = level;
  }

  void timestamps(boolean whether) {
    timestamps = whether;
  }
}

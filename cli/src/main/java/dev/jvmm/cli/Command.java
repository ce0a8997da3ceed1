package dev.jvmm.cli;

import dev.jvmm.cli.log.LineLog;
import dev.jvmm.cli.option.ArgumentParser;
import dev.jvmm.cli.option.Request;
import dev.jvmm.cli.option.UsageException;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.MachineConfig;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of the command, from arguments to an exit status; it never ends the process itself.
 *
 * <p>What the user asked wrongly or the host refuses is one line on {@code err} and status 1.
 * Whatever way a run ends, the machine is closed, the terminal its own again, the pid file gone.
 *
 * <p>Thread: confined.
 */
final class Command {

  private static final int FAILURE = 1;

  private final PrintStream out;
  private final PrintStream err;
  private final Factory factory;
  private final Request request = new Request();

  /** Makes machines. */
  interface Factory {

    /**
     * Builds a machine that has not started.
     *
     * @param notices takes lines for the user: what boots, where a pseudo-terminal is
     */
    VirtualMachine build(MachineConfig config, Consumer<String> notices);
  }

  /**
   * Prepares a run.
   *
   * @param out takes what was asked for, {@code -help} and the like
   * @param err takes complaints
   * @param factory builds the machine
   */
  Command(PrintStream out, PrintStream err, Factory factory) {
    this.out = out;
    this.err = err;
    this.factory = factory;
  }

  /** Runs to the machine's end and says what the process should exit with. */
  int run(String... arguments) {
    try {
      ArgumentParser.parse(request, arguments);
      String answer = request.answer();
      if (answer != null) {
        out.print(answer);
        out.flush();
        return 0;
      }
      return run();
    } catch (UsageException e) {
      tell(String.valueOf(e.getMessage()));
    } catch (ConfigException e) {
      tell("-" + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      tell("interrupted");
    } catch (RuntimeException | Error e) {
      tell("internal error, please report this:");
      e.printStackTrace(err);
    }
    return FAILURE;
  }

  private int run() throws InterruptedException {
    MachineConfig config = request.machine().config();
    openLog();
    try {
      return report(live(config));
    } finally {
      LineLog.toStandardError();
    }
  }

  /** From the machine's making to its end; when this returns, nothing of it is left. */
  @SuppressWarnings("try") // they are there to be closed
  private ExitStatus live(MachineConfig config) throws InterruptedException {
    List<String> notices = new ArrayList<>();
    try (EndSignals signals = EndSignals.install();
        VirtualMachine machine = build(config, notices, signals);
        DiskStops stops =
            machine == null || config.storage().disks().isEmpty()
                ? null
                : new DiskStops(machine, this::tell);
        PidFile pidFile = machine == null ? null : pidFile(request.pidFile())) {
      if (machine == null) {
        return ExitStatus.of(ExitStatus.Reason.HOST_QUIT, 0);
      }
      notices.forEach(this::tell); // not before it is sure that no complaint is the only line
      machine.warnings().forEach(warning -> tell("warning: " + warning));
      signals.end(machine);
      if (!signals.requested()) {
        machine.start();
      }
      return machine.await();
    }
  }

  /** The machine, or null if a signal has ended its building: that complaint is no one's. */
  private @Nullable VirtualMachine build(
      MachineConfig config, List<String> notices, EndSignals signals) {
    try {
      return factory.build(config, notices::add);
    } catch (ConfigException e) {
      if (!signals.requested()) {
        throw e;
      }
      Thread.interrupted();
      return null;
    }
  }

  private static @Nullable PidFile pidFile(@Nullable Path path) {
    return path == null ? null : PidFile.create(path, ProcessHandle.current().pid());
  }

  private void openLog() {
    Path file = request.logFile();
    if (file == null) {
      return;
    }
    try {
      LineLog.toFile(file, request.logLevel());
    } catch (IOException e) {
      throw new ConfigException("D", file + ": " + PidFile.reason(e), e);
    }
  }

  private int report(ExitStatus status) {
    if (status.reason() == ExitStatus.Reason.INTERNAL_ERROR) {
      tell("the guest can't go on:");
      err.println(status.detail());
    }
    return status.code();
  }

  /** One line, whatever stands in the message. */
  private void tell(String sentence) {
    String line = "jvmm: " + sentence.replace("\r", "\\r").replace("\n", "\\n");
    err.println(request.timestamps() ? LineLog.timestamp() + " " + line : line);
    err.flush();
  }
}

package dev.jvmm.cli;

import dev.jvmm.linux.HostProcess;
import dev.jvmm.machine.Machine;
import java.io.PrintStream;

/** Where the process begins and ends. */
public final class Main {

  private Main() {}

  /**
   * Runs the command and ends the process with its status. It ends by {@code System.exit}: only so
   * does a training run write its cache.
   *
   * @param arguments as QEMU spells them
   */
  @SuppressWarnings("SystemExitOutsideMain")
  public static void main(String... arguments) {
    System.exit(run(System.out, arguments));
  }

  /** All but the process's end; a training run goes this way too. */
  static int run(PrintStream out, String... arguments) {
    // The JVM takes a third of a start to link the first system call: beside the options' reading.
    Thread.ofPlatform().name("jvmm-link").daemon().start(HostProcess::id);
    return new Command(out, System.err, Machine::build).run(arguments);
  }
}

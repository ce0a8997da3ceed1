package dev.jvmm.cli;

import dev.jvmm.machine.Machine;

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
    System.exit(new Command(System.out, System.err, Machine::build).run(arguments));
  }
}

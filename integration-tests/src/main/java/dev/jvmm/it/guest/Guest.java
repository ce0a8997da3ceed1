package dev.jvmm.it.guest;

import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.Machine;
import dev.jvmm.machine.MachineBuilder;
import java.time.Duration;
import java.util.regex.Pattern;

/**
 * A guest that has booted to its init and does what it is told by its console.
 *
 * <p>Thread: one test's.
 */
public final class Guest implements AutoCloseable {

  /** The words that every kernel of a test's gets. */
  public static final String COMMAND_LINE = "console=ttyS0 quiet";

  private static final Duration BOOT = Duration.ofSeconds(90);
  private static final Duration COMMAND = Duration.ofSeconds(60);
  private static final Duration END = Duration.ofSeconds(30);
  private static final Pattern STATUS = Pattern.compile("<status (\\d+)>\r?\n");

  private final SerialLine console;
  private final VirtualMachine vm;

  private Guest(SerialLine console, VirtualMachine vm) {
    this.console = console;
    this.vm = vm;
  }

  /** A PC that boots the ELF kernel, which is the quickest. */
  public static MachineBuilder pc() {
    return elf(Machine.pc());
  }

  /** A microvm that boots the ELF kernel. */
  public static MachineBuilder microvm() {
    return elf(Machine.microvm());
  }

  private static MachineBuilder elf(MachineBuilder machine) {
    return machine
        .memory("256M")
        .kernel(GuestFiles.vmlinux())
        .initrd(GuestFiles.initrd())
        .append(COMMAND_LINE);
  }

  /**
   * Starts the machine and waits for its init.
   *
   * @param machine boots the tests' initrd; it has no serial ports yet
   * @param more its serial ports from the second on
   */
  public static Guest boot(MachineBuilder machine, SerialLine... more) {
    Guest guest = start(machine, more);
    try {
      guest.awaitBoot();
      return guest;
    } catch (Throwable e) {
      guest.close();
      throw e;
    }
  }

  /** Starts the machine, whatever it boots. */
  @SuppressWarnings("MustBeClosedChecker")
  public static Guest start(MachineBuilder machine, SerialLine... more) {
    SerialLine console = new SerialLine();
    machine.serial(console.option());
    for (SerialLine line : more) {
      machine.serial(line.option());
    }
    Guest guest;
    try {
      guest = new Guest(console, machine.build());
    } catch (Throwable e) {
      console.close();
      throw e;
    }
    try {
      guest.vm.start();
      return guest;
    } catch (Throwable e) {
      guest.close();
      throw e;
    }
  }

  /** Waits for the init of the tests' initrd, after a reset too. */
  public void awaitBoot() {
    console.expect("guest ready", BOOT);
  }

  /** The host's end of the first serial port. */
  public SerialLine console() {
    return console;
  }

  /** The machine. */
  public VirtualMachine vm() {
    return vm;
  }

  /** Carries out a command that succeeds; answers what it said, without the last line's end. */
  public String run(String command) {
    return run(command, COMMAND);
  }

  /** The same for a command that takes its time. */
  public String run(String command, Duration patience) {
    ask(command);
    return answer(command, patience);
  }

  /** Sends a command, whose {@link #answer} comes later or never. */
  public void ask(String command) {
    console.send(command + "\n");
  }

  /** Waits until the command that was asked for has ended well; answers what it said. */
  public String answer(String command, Duration patience) {
    return answer(console, command, patience);
  }

  /** The same of any guest with the tests' init. */
  static String answer(SerialLine console, String command, Duration patience) {
    SerialLine.Found found = console.expect(STATUS, patience);
    String said = found.before().replace("\r\n", "\n").strip();
    if (!found.match().group(1).equals("0")) {
      throw new AssertionError(
          command + ": exit status " + found.match().group(1) + ", said:\n" + said);
    }
    return said;
  }

  /** Has the guest power itself off. */
  public ExitStatus powerOff() {
    ask("poweroff -f");
    return awaitEnd();
  }

  /** Waits for the machine's end. */
  public ExitStatus awaitEnd() {
    try {
      ExitStatus status = vm.await(END);
      if (status == null) {
        throw new AssertionError("the machine has not ended; " + console.tail());
      }
      return status;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted; " + console.tail(), e);
    }
  }

  @Override
  public void close() {
    vm.close();
    console.close();
  }
}

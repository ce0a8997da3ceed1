package dev.jvmm.junit;

import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.GuestStreamException;
import dev.jvmm.core.vm.VirtualMachine;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A virtual machine as a test has it. It has been started and may still be booting: {@link #exec}
 * and files wait for that.
 *
 * <p>What the guest does not do in time fails the test with {@link GuestTimeoutException}, which
 * shows the end of the console and the registers of every vCPU.
 *
 * <p>Thread: safe; commands and files take turns.
 */
public final class Guest implements AutoCloseable {

  private static final Duration COMMAND = Duration.ofMinutes(1);

  private final VirtualMachine machine;
  private final Agent kind;
  private final Duration boot;
  private @Nullable GuestAgent agent; // guarded by this

  /** {@code kind} says whose port the machine has. */
  Guest(VirtualMachine machine, Agent kind, Duration boot) {
    this.machine = machine;
    this.kind = kind;
    this.boot = boot;
  }

  /** The machine: pause, reset, memory, events. */
  public VirtualMachine machine() {
    return machine;
  }

  /** The guest's console. */
  public GuestStream console() {
    return machine.console();
  }

  /** Has the guest's {@code /bin/sh} run a script, for up to a minute. */
  public ExecResult exec(String script) throws IOException, InterruptedException {
    return exec(script, COMMAND);
  }

  /**
   * Has the guest's {@code /bin/sh} run a script; its standard input is empty.
   *
   * @param patience how long it may take; what runs longer is not ended, and the guest answers
   *     nothing else before it has
   * @throws GuestTimeoutException if the guest does not boot, or the script not end
   * @throws IOException if the guest's agent refuses
   */
  public synchronized ExecResult exec(String script, Duration patience)
      throws IOException, InterruptedException {
    try {
      GuestAgent.Output output = agent().exec(script, patience);
      return ExecResult.of(output.exitCode(), output.out(), output.err());
    } catch (GuestStreamException e) {
      throw timeout("the guest has not ended within " + patience + ": " + script, e);
    }
  }

  /** Writes a file of the guest's, which is made, or replaced. Its folder is there. */
  public synchronized void write(String path, byte[] bytes)
      throws IOException, InterruptedException {
    try {
      agent().write(path, bytes);
    } catch (GuestStreamException e) {
      throw timeout("the guest has not taken " + path, e);
    }
  }

  /** Writes a file of the guest's, in UTF-8. */
  public void write(String path, String text) throws IOException, InterruptedException {
    write(path, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Reads a whole file of the guest's. */
  public synchronized byte[] read(String path) throws IOException, InterruptedException {
    try {
      return agent().read(path);
    } catch (GuestStreamException e) {
      throw timeout("the guest has not given " + path, e);
    }
  }

  /** Copies a file of the host's into the guest. */
  public void copyIn(Path from, String to) throws IOException, InterruptedException {
    write(to, Files.readAllBytes(from));
  }

  /** Copies a file of the guest's to the host. */
  public void copyOut(String from, Path to) throws IOException, InterruptedException {
    Files.write(to, read(from));
  }

  /** The end of the console and the registers, for people; in every state, also after the close. */
  public String report() {
    return "the console's end:\n" + machine.console().tail() + "\n" + machine.dump();
  }

  /** Ends the machine at once. */
  @Override
  public void close() {
    machine.close();
  }

  private GuestTimeoutException timeout(String what, GuestStreamException cause) {
    return new GuestTimeoutException(what + "\n" + report(), cause);
  }

  private GuestAgent agent() throws InterruptedException {
    if (agent == null) {
      agent =
          switch (kind) {
            case BUILT_IN -> builtIn(machine.port(ShellAgent.PORT));
            case QEMU -> qemu(machine.port(QemuAgent.PORT));
            case AUTO, NONE ->
                throw new IllegalStateException(
                    "this guest has no agent; say which one by @WithGuest(agent = ...)");
          };
    }
    return agent;
  }

  private GuestAgent builtIn(GuestStream port) throws InterruptedException {
    try {
      port.expect(ShellAgent.READY, boot);
    } catch (GuestStreamException e) {
      throw timeout("the guest's agent has not come within " + boot, e);
    }
    return new ShellAgent(port);
  }

  private GuestAgent qemu(GuestStream port) throws InterruptedException {
    try {
      port.send(QemuAgent.sync(1));
      port.expect(QemuAgent.synced(1), boot);
    } catch (GuestStreamException e) {
      throw timeout("QEMU's guest agent has not answered within " + boot, e);
    }
    return new QemuAgent(port);
  }
}

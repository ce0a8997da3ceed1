package dev.jvmm.it.guest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A guest of a {@code jvmm} process of its own, started by the launcher as a user would.
 *
 * <p>Thread: one test's.
 */
public final class CommandRun implements AutoCloseable {

  private static final Duration BOOT = Duration.ofMinutes(3);
  private static final Duration COMMAND = Duration.ofMinutes(1);
  private static final int END_SECONDS = 60;

  private final SerialLine console = new SerialLine();
  private final Path said;
  private final Process process;

  /**
   * Starts it and waits for the guest's init.
   *
   * @param folder where it keeps what jvmm says
   * @param options besides kernel, initrd, memory and console
   */
  public CommandRun(Path folder, String... options) throws IOException {
    this(folder, List.of(), options);
  }

  /**
   * The same by another program.
   *
   * @param starter its command, to which the launcher's is added
   */
  public CommandRun(Path folder, List<String> starter, String... options) throws IOException {
    said = folder.resolve("said");
    Path launcher = Path.of(System.getProperty("jvmm.checkout", "missing"), "jvmm");
    List<String> command = new ArrayList<>(starter);
    command.add(launcher.toString());
    command.addAll(List.of("-m", "256", "-kernel", GuestFiles.vmlinux().toString()));
    command.addAll(List.of("-initrd", GuestFiles.initrd().toString()));
    command.addAll(List.of("-append", Guest.COMMAND_LINE + " panic=-1"));
    command.addAll(List.of("-display", "none", "-serial", console.option()));
    command.addAll(List.of(options));
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said.toFile()).start();
    try {
      console.expect("guest ready", BOOT);
    } catch (AssertionError e) {
      String complaint = Files.readString(said);
      close();
      throw new AssertionError("jvmm said: " + complaint, e);
    }
  }

  /** The process. */
  public Process process() {
    return process;
  }

  /** The host's end of the guest's console. */
  public SerialLine console() {
    return console;
  }

  /** Has the guest's init carry out a command that succeeds; answers what it said. */
  public String run(String command) {
    ask(command);
    return Guest.answer(console, command, COMMAND);
  }

  /** Sends the guest's init a command. */
  public void ask(String command) {
    console.send(command + "\n");
  }

  /** Waits for the end of a run that had nothing to complain of; answers its exit status. */
  public int status() throws IOException, InterruptedException {
    String words = words();
    if (!words.isEmpty()) {
      throw new AssertionError("jvmm said: " + words);
    }
    return process.exitValue();
  }

  /** Waits for the end; answers what was said. */
  public String words() throws IOException, InterruptedException {
    if (!process.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("jvmm has not ended; " + console.tail());
    }
    return Files.readString(said);
  }

  @Override
  public void close() {
    process.destroyForcibly();
    console.close();
  }
}

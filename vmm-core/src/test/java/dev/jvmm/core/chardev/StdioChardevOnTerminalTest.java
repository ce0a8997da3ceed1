package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.Pty;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Standard input and output are a terminal: a pseudo-terminal whose master is the person. */
class StdioChardevOnTerminalTest extends ChardevContract {

  private final Pty pty = Pty.open();
  private final HostSide person = new HostSide(pty.master());
  private final Fd terminal = Fd.open(pty.path(), OpenFlags.RDWR | OpenFlags.NOCTTY, 0);
  private final StdioChardev stdio = new StdioChardev(loop, terminal, terminal, false);

  private String before = "";

  @Override
  protected Ends open() throws Exception {
    // Output unprocessed, so that noise passes; the rest as a shell leaves it.
    stty("sane", "-opost");
    before = stty("-g");
    return new Ends(
        stdio,
        () -> {
          terminal.close();
          pty.close();
        });
  }

  @Override
  protected byte[] readAtHost(int count, boolean slow) {
    return person.read(count, slow);
  }

  @Override
  protected void writeAtHost(byte[] data) {
    person.write(data);
  }

  private String stty(String... arguments) throws Exception {
    ProcessBuilder builder = new ProcessBuilder("stty", "-F", pty.path());
    builder.command().addAll(List.of(arguments));
    Process process = builder.redirectErrorStream(true).start();
    return new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
  }

  @Test
  void terminal_isRawWhileInUseAndAsBeforeAfterwards() throws Exception {
    assertThat(stty("-a")).contains(" -icanon").contains(" -echo ").contains("-isig");

    stdio.close();

    assertThat(stty("-g")).isEqualTo(before);
    assertThat(stty("-a")).contains(" icanon").contains(" echo ").contains("isig");
  }

  @Test
  void restore_givesTheTerminalBackWithoutClosing() throws Exception {
    stdio.restore();
    stdio.restore();

    assertThat(stty("-a")).contains(" icanon").contains(" echo ");
  }

  @Test
  void window_isMeasuredAndItsChangesAreTold() throws Exception {
    stty("rows", "30", "columns", "100");
    assertThat(windowSize()).isEqualTo(new WindowSize(100, 30));

    stty("rows", "31", "columns", "101");
    guest().awaitEvent(CharFrontend.Event.RESIZED, 1);
    assertThat(windowSize()).isEqualTo(new WindowSize(101, 31));
  }

  private WindowSize windowSize() {
    AtomicReference<WindowSize> size = new AtomicReference<>(WindowSize.UNKNOWN);
    loop.invoke(() -> size.set(stdio.windowSize()));
    return size.get();
  }

  @Test
  void sharedOpenFile_staysBlocking() throws Exception {
    String flags = Files.readString(Path.of("/proc/self/fdinfo/" + terminal.number()));
    int status = Integer.parseInt(flags.lines().toList().get(1).replaceAll("\\D", ""), 8);
    assertThat(status & OpenFlags.NONBLOCK).isZero();
  }
}

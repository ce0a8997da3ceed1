package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.OpenFlags;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Standard input and output are files, which epoll refuses to watch. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class StdioChardevOnFilesTest {

  private static final int MIB = 1 << 20;

  private final EventLoop loop = new EventLoop("test-io");

  @TempDir private Path directory = Path.of("");

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  @Test
  void files_passWholeBothWays() throws Exception {
    byte[] data = new byte[MIB];
    new Random(3).nextBytes(data);
    Path input = Files.write(directory.resolve("in"), data);
    Path output = Files.createFile(directory.resolve("out"));
    try (Fd in = Fd.open(input.toString(), OpenFlags.RDONLY, 0);
        Fd out = Fd.open(output.toString(), OpenFlags.WRONLY, 0);
        StdioChardev stdio = new StdioChardev(loop, in, out, false)) {
      GuestSide guest = new GuestSide(stdio);
      stdio.connect(guest);

      assertThat(guest.read(MIB)).isEqualTo(data);
      guest.send(data);
    }

    assertThat(Files.readAllBytes(output)).isEqualTo(data);
  }

  @Test
  void nothing_isAnEndOfInputAndTheOutputGoesOn() throws Exception {
    Path output = Files.createFile(directory.resolve("out"));
    try (Fd in = Fd.open("/dev/null", OpenFlags.RDONLY, 0);
        Fd out = Fd.open(output.toString(), OpenFlags.WRONLY, 0);
        StdioChardev stdio = new StdioChardev(loop, in, out, false)) {
      GuestSide guest = new GuestSide(stdio);
      stdio.connect(guest);
      loop.invoke(() -> {});
      guest.send(new byte[] {'x'});
    }

    assertThat(Files.readString(output)).isEqualTo("x");
  }

  @Test
  void fullDevice_dropsTheOutputAndHoldsNoOneUp() throws Exception {
    try (Fd in = Fd.open("/dev/null", OpenFlags.RDONLY, 0);
        Fd out = Fd.open("/dev/full", OpenFlags.WRONLY, 0);
        StdioChardev stdio = new StdioChardev(loop, in, out, false)) {
      GuestSide guest = new GuestSide(stdio);
      stdio.connect(guest);

      guest.send(new byte[MIB]);
    }
  }
}

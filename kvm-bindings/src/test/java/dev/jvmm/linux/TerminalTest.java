package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.linux.Terminal.WindowSize;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TerminalTest {

  @Test
  void pty_passesEveryByteBothWays() {
    byte[] all = new byte[256];
    for (int i = 0; i < 256; i++) {
      all[i] = (byte) i;
    }
    try (Arena arena = Arena.ofConfined();
        Pty pty = Pty.open();
        Fd person = Fd.open(pty.path(), OpenFlags.RDWR | OpenFlags.NOCTTY, 0)) {
      assertThat(pty.path()).matches("/dev/pts/\\d+");
      assertThat(passed(arena, pty.master(), person, all)).isEqualTo(all);
      assertThat(passed(arena, person, pty.master(), all)).isEqualTo(all);
    }
  }

  private static byte[] passed(Arena arena, Fd from, Fd to, byte[] bytes) {
    assertThat(from.write(arena.allocateFrom(JAVA_BYTE, bytes))).isEqualTo(bytes.length);
    MemorySegment got = arena.allocate(bytes.length);
    int count = 0;
    while (count < bytes.length) {
      count += to.read(got.asSlice(count));
    }
    return got.toArray(JAVA_BYTE);
  }

  @Test
  void rawMode_isUndoneByRestore() {
    try (Arena arena = Arena.ofConfined();
        Pty pty = Pty.open();
        Fd person = Fd.open(pty.path(), OpenFlags.RDWR | OpenFlags.NOCTTY, 0)) {
      // A terminal as a shell has it, by the program that everybody uses for it.
      stty(pty.path(), "sane");
      String before = stty(pty.path(), "-g");
      Terminal terminal = Terminal.of(person);

      terminal.setRaw();
      assertThat(stty(pty.path(), "-a")).contains("-icanon", "-isig", "-echo ", "-ixon", "\nopost");
      terminal.setRaw(false);
      assertThat(stty(pty.path(), "-a")).contains("-opost");
      // ^C is a byte like any other.
      pty.master().write(arena.allocateFrom(JAVA_BYTE, (byte) 3));
      MemorySegment typed = arena.allocate(1);
      assertThat(person.read(typed)).isEqualTo(1);
      assertThat(typed.get(JAVA_BYTE, 0)).isEqualTo((byte) 3);

      terminal.restore();
      assertThat(stty(pty.path(), "-g")).isEqualTo(before);
    }
  }

  private static String stty(String terminal, String what) {
    try {
      Process process =
          new ProcessBuilder("stty", "-F", terminal, what).redirectErrorStream(true).start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      return output;
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void windowSize_isWhatItWasSetTo() {
    try (Pty pty = Pty.open()) {
      Terminal terminal = Terminal.of(pty.master());
      terminal.setWindowSize(new WindowSize(50, 132));
      assertThat(terminal.windowSize()).isEqualTo(new WindowSize(50, 132));
    }
  }

  @Test
  void notATerminal_isRefused() {
    try (Fd file = Fd.open("/dev/null", OpenFlags.RDONLY, 0)) {
      assertThatThrownBy(() -> Terminal.of(file)).hasMessageContaining("ENOTTY");
    }
  }
}

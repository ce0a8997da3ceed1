package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Programs with descriptors of ours. */
class ChildProcessTest {

  private static final Fd NULL = Fd.open("/dev/null", OpenFlags.RDWR, 0);

  private static ChildProcess shell(String script, UnixSocket third) {
    try (third) {
      return ChildProcess.start(
          List.of("/bin/sh", "-c", script), List.of(NULL, NULL, NULL, third.fd()));
    }
  }

  private static String rest(UnixSocket socket) {
    StringBuilder said = new StringBuilder();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment data = arena.allocate(256);
      int count = Objects.requireNonNull(socket.tryReceive(data)).bytes();
      while (count != 0) {
        byte[] bytes = data.asSlice(0, count).toArray(JAVA_BYTE);
        said.append(new String(bytes, StandardCharsets.UTF_8));
        count = Objects.requireNonNull(socket.tryReceive(data)).bytes();
      }
    }
    return said.toString();
  }

  @Test
  void descriptor_hasItsPlace() {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket ours = pair[0]) {
      ChildProcess child = shell("echo it says >&3; exit 7", pair[1]);
      assertThat(rest(ours)).isEqualTo("it says\n");
      assertThat(child.await()).isEqualTo(7);
    }
  }

  @Test
  void environment_isOurs() {
    UnixSocket[] pair = UnixSocket.pair();
    try (UnixSocket ours = pair[0]) {
      ChildProcess child = shell("echo $PATH >&3", pair[1]);
      assertThat(rest(ours)).isEqualTo(System.getenv("PATH") + "\n");
      assertThat(child.await()).isZero();
    }
  }

  @Test
  void signal_isAStatusAsTheShellHasIt() {
    UnixSocket[] pair = UnixSocket.pair();
    pair[0].close();
    assertThat(shell("kill -TERM $$", pair[1]).await()).isEqualTo(128 + 15);
  }

  @Test
  void programThatIsNot_isRefused() {
    assertThatThrownBy(() -> ChildProcess.start(List.of("/no/program"), List.of(NULL)))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("posix_spawn /no/program: ENOENT");
  }
}

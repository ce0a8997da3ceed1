package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Whatever is made and closed leaves /proc/self/fd as it was; so does whatever is refused. */
class FdLeakTest {

  private static final int ROUNDS = 50;

  @TestFactory
  Stream<DynamicTest> closed_leavesNothing() {
    return Stream.of(
        leakFree("Fd", () -> Fd.open("/dev/null", OpenFlags.RDONLY, 0).close()),
        leakFree("EventFd", () -> EventFd.create().close()),
        leakFree("TimerFd", () -> TimerFd.create().close()),
        leakFree("Epoll", () -> Epoll.create().close()),
        leakFree("MemFd", () -> MemFd.create("leak", 4096).close()),
        leakFree("Pty", () -> Pty.open().close()),
        leakFree("Mapping", () -> Mapping.guestRam(4096, 0).close()),
        leakFree("sockets", () -> List.of(UnixSocket.pair()).forEach(UnixSocket::close)),
        leakFree("refused MemFd", () -> refused(() -> MemFd.create("leak", -1))),
        leakFree("refused listen", () -> refused(() -> UnixSocket.listen("/no/such/dir", 1))),
        leakFree("refused connect", () -> refused(() -> UnixSocket.connect("/no/such/name"))));
  }

  private static void refused(Runnable attempt) {
    try {
      attempt.run();
    } catch (LinuxException e) {
      return;
    }
    throw new AssertionError("the kernel should have refused");
  }

  private static DynamicTest leakFree(String name, Runnable use) {
    return DynamicTest.dynamicTest(
        name,
        () -> {
          use.run(); // loads classes, which opens files
          Set<String> before = openFds();
          for (int i = 0; i < ROUNDS; i++) {
            use.run();
          }
          assertThat(openFds()).isEqualTo(before);
        });
  }

  private static Set<String> openFds() throws IOException {
    try (Stream<Path> fds = Files.list(Path.of("/proc/self/fd"))) {
      return new TreeSet<>(fds.map(Path::toString).toList());
    }
  }
}

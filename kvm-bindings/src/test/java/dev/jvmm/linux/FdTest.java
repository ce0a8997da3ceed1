package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FdTest {

  private static final AtomicInteger LOST = new AtomicInteger();

  @TempDir Path folder;

  @Test
  void write_thenRead_roundTrips() throws Exception {
    Path file = folder.resolve("naïve name");
    try (Arena arena = Arena.ofConfined();
        Fd fd = Fd.open(file.toString(), OpenFlags.RDWR | OpenFlags.CREAT | OpenFlags.EXCL, 0600)) {
      assertThat(fd.write(arena.allocateFrom("hello!"))).isEqualTo(7);
      MemorySegment back = arena.allocate(5);
      assertThat(fd.pread(back, 0)).isEqualTo(5);
      assertThat(back.toArray(JAVA_BYTE)).isEqualTo("hello".getBytes(StandardCharsets.UTF_8));
      assertThat(fd.pwrite(arena.allocateFrom("J"), 0)).isEqualTo(2);
      assertThat(fd.read(back)).isZero();
    }
    assertThat(Files.readAllBytes(file)).startsWith('J', 0);
  }

  @Test
  void open_ofNothing_namesPathAndReason() {
    assertThatThrownBy(() -> Fd.open("/no/such/file", OpenFlags.RDONLY, 0))
        .isInstanceOfSatisfying(
            LinuxException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT))
        .hasMessage("open /no/such/file: ENOENT: No such file or directory");
  }

  @Test
  void open_ofImpossibleNames_isRefused() {
    assertThatThrownBy(() -> Fd.open("/etc/passwd\0.img", OpenFlags.RDONLY, 0))
        .hasMessageContaining("ENOENT");
    assertThatThrownBy(() -> Fd.open("/" + "x".repeat(5000), OpenFlags.RDONLY, 0))
        .hasMessageContaining("ENAMETOOLONG");
  }

  @Test
  void tryRead_ofNothing_isMinusEagain() {
    try (Arena arena = Arena.ofConfined();
        EventFd event = EventFd.create()) {
      assertThat(event.fd().tryRead(arena.allocate(8))).isEqualTo(-Errno.EAGAIN);
    }
  }

  @Test
  void heapSegment_isRefused() {
    try (EventFd event = EventFd.create()) {
      MemorySegment heap = MemorySegment.ofArray(new byte[8]);
      assertThatThrownBy(() -> event.fd().read(heap)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void close_fromTwoThreads_closesOnce() throws Exception {
    for (int round = 0; round < 200; round++) {
      Fd fd = Fd.open("/dev/null", OpenFlags.RDONLY, 0);
      CyclicBarrier together = new CyclicBarrier(2);
      // Whoever closes takes the number again at once: a second close would hit this new file.
      List<Thread> threads =
          Stream.generate(() -> Thread.ofPlatform().unstarted(() -> closeAndReopen(together, fd)))
              .limit(2)
              .toList();
      threads.forEach(Thread::start);
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(fd.isOpen()).isFalse();
    }
    assertThat(LOST.get()).isZero();
  }

  private static void closeAndReopen(CyclicBarrier together, Fd fd) {
    try {
      together.await();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
    fd.close();
    try (Fd again = Fd.open("/dev/zero", OpenFlags.RDONLY, 0);
        Arena arena = Arena.ofConfined()) {
      for (int i = 0; i < 3; i++) {
        if (again.tryRead(arena.allocate(1)) != 1) {
          LOST.incrementAndGet();
        }
      }
    }
  }

  @Test
  void closed_answersEbadf() {
    Fd fd = Fd.open("/dev/zero", OpenFlags.RDONLY, 0);
    fd.close();
    fd.close();
    try (Arena arena = Arena.ofConfined()) {
      assertThat(fd.tryRead(arena.allocate(1))).isEqualTo(-Errno.EBADF);
    }
    assertThat(fd.number()).isEqualTo(-1);
  }

  @Test
  void duplicate_livesOn() {
    Fd first = Fd.open("/dev/zero", OpenFlags.RDONLY, 0);
    try (Arena arena = Arena.ofConfined();
        Fd second = first.duplicate()) {
      first.close();
      assertThat(second.read(arena.allocate(3))).isEqualTo(3);
    }
  }

  @Test
  void everyFd_isCloseOnExec() throws Exception {
    try (Fd fd = Fd.open("/dev/null", OpenFlags.RDONLY, 0);
        Fd second = fd.duplicate();
        EventFd event = EventFd.create();
        TimerFd timer = TimerFd.create();
        MemFd memory = MemFd.create("test", 4096)) {
      for (Fd each : List.of(fd, second, event.fd(), timer.fd(), memory.fd())) {
        assertThat(Files.readString(Path.of("/proc/self/fdinfo/" + each.number())))
            .containsPattern("flags:\\t0[0-7]*2[0-7]{6}\\n");
      }
    }
  }

  @Test
  void isTerminal_knowsFilesFromTerminals() {
    try (Fd file = Fd.open("/dev/null", OpenFlags.RDONLY, 0);
        Pty pty = Pty.open()) {
      assertThat(file.isTerminal()).isFalse();
      assertThat(pty.master().isTerminal()).isTrue();
    }
  }
}

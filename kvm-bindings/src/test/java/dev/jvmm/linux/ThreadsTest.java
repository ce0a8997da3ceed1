package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Threads, signals and the process, as the kernel shows them. */
class ThreadsTest {

  private static final int FREE_REAL_TIME_SIGNAL = 50;

  @Test
  void id_isTheKernels() throws IOException {
    assertThat(Path.of("/proc/thread-self").toRealPath().getFileName())
        .hasToString(Integer.toString(Threads.id()));
    assertThat(HostProcess.id()).isEqualTo((int) ProcessHandle.current().pid());
  }

  @Test
  void setName_isSeenByPs_asFarAsItFits() throws Exception {
    CompletableFuture<String> name = new CompletableFuture<>();
    Thread.ofPlatform()
        .start(
            () -> {
              Threads.setName("a-name-of-22-characters");
              try {
                name.complete(Files.readString(Path.of("/proc/thread-self/comm")));
              } catch (IOException e) {
                name.completeExceptionally(e);
              }
            })
        .join();
    assertThat(name.get()).isEqualTo("a-name-of-22-ch\n");
  }

  @Test
  void isRoot_agreesWithTheKernel() throws IOException {
    String uids =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("Uid:"))
            .findFirst()
            .orElseThrow();
    assertThat(HostProcess.isRoot()).isEqualTo(uids.split("\t", -1)[2].equals("0"));
  }

  @Test
  void kick_isASignalThatIsHandledAndHarmless() throws IOException {
    int signal = Signals.kick();
    assertThat(signal).isEqualTo(Signals.kick()).isPositive();
    assertThat(has("SigCgt", signal)).isTrue();

    assertThat(Threads.signal(Threads.id(), signal)).isTrue();

    assertThat(has("SigPnd", signal)).isFalse();
  }

  @Test
  void blockedSignal_staysPending() throws IOException {
    int signal = Signals.kick();
    Signals.blockInThisThread(signal);
    assertThat(Threads.signal(Threads.id(), signal)).isTrue();
    assertThat(has("SigPnd", signal)).isTrue();

    Signals.unblockInThisThread(signal);
    assertThat(has("SigPnd", signal)).isFalse();
  }

  @Test
  void ignoredSignal_isIgnored() throws IOException {
    Signals.ignore(FREE_REAL_TIME_SIGNAL);
    assertThat(has("SigIgn", FREE_REAL_TIME_SIGNAL)).isTrue();
    assertThat(Threads.signal(Threads.id(), FREE_REAL_TIME_SIGNAL)).isTrue();
  }

  @Test
  void takenSignal_leadsToTheNextFreeOne() throws IOException {
    Signals.ignore(FREE_REAL_TIME_SIGNAL);

    int chosen = Signals.install(FREE_REAL_TIME_SIGNAL);

    assertThat(chosen).isBetween(34, 64).isNotIn(FREE_REAL_TIME_SIGNAL, 62);
    assertThat(has("SigCgt", chosen)).isTrue();
    assertThat(has("SigIgn", FREE_REAL_TIME_SIGNAL)).isTrue();
  }

  @Test
  void signal_toAThreadThatHasGone_saysSo() throws Exception {
    CompletableFuture<Integer> id = new CompletableFuture<>();
    Thread.ofPlatform().start(() -> id.complete(Threads.id())).join();
    // The kernel forgets a thread a little after Java does.
    while (Files.exists(Path.of("/proc/self/task/" + id.get()))) {
      Thread.onSpinWait();
    }
    assertThat(Threads.signal(id.get(), Signals.SIGUSR1)).isFalse();
  }

  private static boolean has(String field, int signal) throws IOException {
    return ((status(field) >> (signal - 1)) & 1) != 0;
  }

  private static long status(String field) throws IOException {
    return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
        .filter(line -> line.startsWith(field + ":"))
        .map(line -> Long.parseUnsignedLong(line.split("\t", -1)[1], 16))
        .findFirst()
        .orElseThrow();
  }
}

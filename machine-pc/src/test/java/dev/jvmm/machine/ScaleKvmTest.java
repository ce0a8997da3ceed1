package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ExitStatus;
import dev.jvmm.core.vm.RunState;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.disk.Disk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Many machines in one JVM, on one event loop. */
@Tag("kvm")
@Timeout(300)
class ScaleKvmTest {

  private static final int MANY = 200;

  /** Prints a letter to COM1 and halts for good. */
  private static final String PRINT = "66baf803 b02e ee fa f4 ebfd";

  /** Ends with status 5 at once. */
  private static final String EXIT = "66ba0105 b002 ee ebfe";

  @TempDir private Path folder;

  /** What this process holds; the JVM's own mappings come and go. */
  private record Holding(long descriptors, long threads, int watched) {

    static Holding now(EventLoop loop) throws IOException {
      return new Holding(
          count("/proc/self/fd"),
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().matches("vcpu-.*|vm\\d+-.*"))
              .count(),
          loop.watched());
    }

    private static long count(String folder) throws IOException {
      try (Stream<Path> entries = Files.list(Path.of(folder))) {
        return entries.count();
      }
    }
  }

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  private MachineBuilder tiny(int number, EventLoop loop, String code) throws IOException {
    return Machine.pc()
        .name("vm" + number)
        .memory(2 << 20)
        .kernel(TinyKernel.write(folder, code))
        .loop(loop);
  }

  @Test
  void twoHundredAtOnce_runOnOneLoop_andLeaveNothing() throws Exception {
    try (EventLoop loop = new EventLoop("shared")) {
      tiny(0, loop, PRINT).start().close();
      Holding before = Holding.now(loop);
      long mappings = mappings();
      List<VirtualMachine> machines = new ArrayList<>();
      try {
        for (int i = 0; i < MANY; i++) {
          machines.add(tiny(i, loop, PRINT).start());
        }
        for (VirtualMachine machine : machines) {
          machine.console().expect(".", Duration.ofSeconds(60));
        }
        assertThat(machines).allMatch(machine -> machine.state() == RunState.RUNNING);
        assertThat(Holding.now(loop).threads()).isEqualTo(before.threads() + MANY);
      } finally {
        closeOverlapping(machines);
      }
      assertThat(Holding.now(loop)).isEqualTo(before);
      assertThat(mappings()).isLessThan(mappings + MANY / 2);
    }
  }

  private static void closeOverlapping(List<VirtualMachine> machines) throws Exception {
    try (ExecutorService closers = Executors.newFixedThreadPool(8)) {
      List<Future<?>> closes = new ArrayList<>();
      machines.forEach(machine -> closes.add(closers.submit(machine::close)));
      for (Future<?> close : closes) {
        close.get();
      }
    }
  }

  @Test
  void oneAfterTheOther_leaveNothing() throws Exception {
    try (EventLoop loop = new EventLoop("shared")) {
      runToItsEnd(0, loop);
      Holding before = Holding.now(loop);
      long mappings = mappings();
      for (int i = 1; i <= MANY / 2; i++) {
        runToItsEnd(i, loop);
      }
      assertThat(Holding.now(loop)).isEqualTo(before);
      assertThat(mappings()).isLessThan(mappings + MANY / 4);
    }
  }

  private void runToItsEnd(int number, EventLoop loop) throws Exception {
    try (VirtualMachine vm = tiny(number, loop, EXIT).device("isa-debug-exit").start()) {
      assertThat(vm.await()).isEqualTo(ExitStatus.of(ExitStatus.Reason.DEBUG_EXIT, 5));
    }
  }

  /**
   * A machine of its own loop ends with it; on a shared one each device has to let go by itself.
   */
  @Test
  void everyKindOfDevice_letsGoOfASharedLoop() throws Exception {
    Path disk = Files.write(folder.resolve("disk"), new byte[1 << 16]);
    try (EventLoop loop = new EventLoop("shared")) {
      Holding before = Holding.now(loop);
      for (int i : IntStream.range(0, 3).toArray()) {
        try (VirtualMachine vm =
            tiny(i, loop, PRINT)
                .serial("pty")
                .serial("unix:" + folder.resolve("s" + i) + ",server=on,wait=off")
                .serial("file:" + folder.resolve("f"))
                .port("org.jvmm.a")
                .console()
                .disk(Disk.raw(disk))
                .disk(Disk.nothing(1 << 20))
                .object("rng-random,id=r,filename=/dev/zero")
                .device("virtio-rng-pci,rng=r")
                .device("virtio-balloon-pci,guest-stats-polling-interval=1")
                .object("iothread,id=t")
                .start()) {
          vm.reset();
          vm.pause();
          assertThat(loop.watched()).isGreaterThan(before.watched());
        }
      }
      // The loop's own timer stays, as long as the loop.
      assertThat(loop.watched()).isLessThanOrEqualTo(before.watched() + 1);
      assertThat(Holding.now(loop).descriptors()).isLessThanOrEqualTo(before.descriptors() + 1);
    }
  }

  private static long mappings() throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/self/maps"))) {
      return lines.count();
    }
  }
}

package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.machine.MachineBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** The network device on TAP interfaces whose frames the host's kernel moves. */
@FirstLevel(seconds = 75)
class VhostNetLinuxTest extends NetworkContract {

  /**
   * A thread for each pair of queues: the plain card's, two pairs' twice, six others' and the
   * microvm's.
   */
  private static final int KERNEL_THREADS = 1 + 2 + 6 + 2 + 1;

  VhostNetLinuxTest() {
    super(
        ",vhost=on",
        List.of(
            new Card("", ",vectors=0"),
            new Card("", ",vectors=2"),
            new Card("", ",ioeventfd=off,event_idx=off"),
            new Card("", ",mrg_rxbuf=off"),
            new Card("", ",disable-legacy=off"),
            new Card("", ",speed=1000"),
            new Card(",queues=2", ",mq=off")));
  }

  @Override
  void prepare(MachineBuilder machine, MachineBuilder small) {
    assumeTrue(Files.isWritable(Path.of("/dev/vhost-net")), "needs /dev/vhost-net");
  }

  /** The kernel's threads that work for somebody's queues; newer kernels have them as ours. */
  private static Set<String> kernelThreads() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"));
        Stream<Path> threads = Files.list(Path.of("/proc/self/task"))) {
      return Stream.concat(processes, threads)
          .filter(VhostNetLinuxTest::isVhost)
          .map(Path::toString)
          .collect(Collectors.toSet());
    }
  }

  private static boolean isVhost(Path process) {
    try {
      return Files.readString(process.resolve("comm")).startsWith("vhost-");
    } catch (IOException e) {
      return false; // no process, or not any more
    }
  }

  @Override
  Set<String> traces() throws IOException {
    Set<String> traces = super.traces();
    traces.addAll(kernelThreads());
    return traces;
  }

  @Test
  @Order(LAST - 1)
  void kernel_hasAThreadForEachPairAfterResetsToo() throws Exception {
    assertThat(kernelThreads()).hasSize(KERNEL_THREADS);
  }
}

package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.EventFd;
import dev.jvmm.linux.IoUring;
import dev.jvmm.linux.LinuxException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RingEngineTest {

  /** An eventfd can't be synced: the kernel's refusal is the outcome. */
  @Test
  void flush_failsWhenTheHostsSyncDoes() {
    List<Integer> outcomes = new ArrayList<>();
    try (EventLoop loop = new EventLoop("test-io");
        EventFd file = EventFd.create();
        RingEngine engine =
            new RingEngine(
                ring(), file.fd(), loop, (request, errno) -> outcomes.add(errno), () -> {})) {
      loop.invoke(
          () -> {
            engine.start(new BlockRequest(1, (request, errno) -> {}).flush());
            while (outcomes.isEmpty()) {
              engine.await();
            }
          });

      assertThat(outcomes).containsExactly(Errno.EINVAL);
    }
  }

  private static IoUring ring() {
    try {
      return IoUring.create(4);
    } catch (LinuxException e) {
      return Assumptions.abort("this host has no io_uring: " + e.getMessage());
    }
  }
}

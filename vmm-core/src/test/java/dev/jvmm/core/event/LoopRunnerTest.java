package dev.jvmm.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LoopRunnerTest {

  private static final int PIECES = 5;

  @Test
  void worker_runsUntilNothingIsLeftAndNotAfterItsStop() throws InterruptedException {
    try (EventLoop loop = new EventLoop("test")) {
      AtomicInteger runs = new AtomicInteger();
      CountDownLatch idle = new CountDownLatch(1);
      CountDownLatch stopped = new CountDownLatch(1);
      WorkerRunner.Running running =
          new LoopRunner(loop)
              .start(
                  () -> {
                    int left = PIECES - runs.incrementAndGet();
                    if (left == 0) {
                      idle.countDown();
                    }
                    return left;
                  });

      running.wake();
      assertThat(idle.await(10, TimeUnit.SECONDS)).isTrue();
      running.stop(stopped::countDown);
      assertThat(stopped.await(10, TimeUnit.SECONDS)).isTrue();
      running.wake();
      loop.invoke(() -> {});
      loop.invoke(() -> {});

      assertThat(runs).hasValue(PIECES);
    }
  }
}

package dev.jvmm.core.event;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.linux.EventFd;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventLoopTaskTest {

  private final EventLoop loop = new EventLoop("test-io");

  @AfterEach
  void close() {
    loop.close();
  }

  @Test
  void scheduledWhileItWaits_runsOnce() {
    AtomicInteger runs = new AtomicInteger();
    EventLoop.Task task = loop.newTask(runs::incrementAndGet);

    loop.invoke(() -> IntStream.range(0, 100).forEach(i -> task.schedule()));
    loop.invoke(() -> {});

    assertThat(runs).hasValue(1);
  }

  @Test
  void tasks_runInTheOrderInWhichTheyWereScheduled() {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    loop.invoke(() -> IntStream.range(0, 1_000).forEach(i -> loop.execute(() -> order.add(i))));
    loop.invoke(() -> {});

    assertThat(order).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
  }

  /** What a scheduler wrote before is seen by a run that comes after, from any thread. */
  @Test
  void schedulesFromManyThreads_areNeverLost() throws Exception {
    AtomicInteger given = new AtomicInteger();
    AtomicInteger seen = new AtomicInteger();
    EventLoop.Task task = loop.newTask(() -> seen.set(given.get()));
    List<Thread> threads =
        IntStream.range(0, 4)
            .mapToObj(
                i ->
                    Thread.ofPlatform()
                        .start(
                            () -> {
                              for (int k = 0; k < 20_000; k++) {
                                given.incrementAndGet();
                                task.schedule();
                              }
                            }))
            .toList();
    for (Thread thread : threads) {
      thread.join();
    }
    loop.invoke(() -> {});

    assertThat(seen).hasValue(80_000);
  }

  @Test
  void taskThatAlwaysComesAgain_leavesDescriptorsTheirTurn() throws Exception {
    CountDownLatch handled = new CountDownLatch(1);
    try (EventFd event = EventFd.create()) {
      EventLoop.Task[] forever = new EventLoop.Task[1];
      forever[0] = loop.newTask(() -> forever[0].schedule());
      forever[0].schedule();
      loop.register(event.fd(), EventLoop.READ, events -> handled.countDown());

      event.signal();

      assertThat(handled.await(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void taskThatFails_leavesTheLoopRunning() {
    AtomicInteger runs = new AtomicInteger();
    loop.execute(
        () -> {
          throw new IllegalStateException("on purpose");
        });
    loop.invoke(runs::incrementAndGet);

    assertThat(runs).hasValue(1);
  }

  @Test
  void invokeThatMissesTheLastTasks_runsAllTheSame() throws Exception {
    CountDownLatch closingBegins = new CountDownLatch(1);
    CountDownLatch lastTasksRun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    loop.execute(() -> await(closingBegins));
    Thread closer = Thread.ofPlatform().start(loop::close);
    awaitWaiting(closer);
    loop.execute(
        () -> {
          lastTasksRun.countDown();
          await(end);
        });
    closingBegins.countDown();
    await(lastTasksRun);

    Thread late = Thread.ofPlatform().daemon().start(() -> loop.invoke(runs::incrementAndGet));
    awaitWaiting(late);
    end.countDown();

    late.join(20_000);
    assertThat(runs).hasValue(1);
    closer.join();
  }

  @Test
  void timerArmedAfterTheEnd_isForgotten() {
    Clock.Timer early = new MonotonicClock(loop).newTimer(() -> {});
    early.arm(System.nanoTime() + TimeUnit.DAYS.toNanos(1));
    loop.close();

    early.arm(System.nanoTime());
    early.disarm();

    assertThat(loop.onLoop()).isFalse();
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}

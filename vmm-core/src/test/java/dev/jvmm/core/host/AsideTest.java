package dev.jvmm.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class AsideTest {

  @Test
  void join_waitsForTheCall() {
    CountDownLatch reached = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Aside aside =
        new Aside(
            "aside",
            () -> {
              await(reached);
              done.set(true);
            });

    reached.countDown();
    aside.join();

    assertThat(done).isTrue();
  }

  @Test
  void join_throwsWhatTheCallThrew() {
    IllegalStateException refused = new IllegalStateException("refused");
    Aside aside =
        new Aside(
            "aside",
            () -> {
              throw refused;
            });

    aside.end(); // says nothing of it

    assertThatThrownBy(aside::join).isSameAs(refused);
    assertThatThrownBy(aside::join).isSameAs(refused);
  }

  @Test
  void join_waitsThoughInterruptedAndLeavesItSaid() {
    CountDownLatch reached = new CountDownLatch(1);
    AtomicBoolean done = new AtomicBoolean();
    Aside aside =
        new Aside(
            "aside",
            () -> {
              await(reached);
              done.set(true);
            });
    Thread.currentThread().interrupt();
    reached.countDown();

    aside.join();

    assertThat(done).isTrue();
    assertThat(Thread.interrupted()).isTrue();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}

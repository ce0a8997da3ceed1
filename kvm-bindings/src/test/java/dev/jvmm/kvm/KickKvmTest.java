package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.Signals;
import dev.jvmm.linux.Threads;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A thread in KVM_RUN comes out when it is wanted, each time. */
@Tag("kvm")
class KickKvmTest {

  private static final int KICKS = 10_000;

  @Test
  void kick_isNeverLost() throws Exception {
    int signal = Signals.kick();
    CompletableFuture<KvmRun> running = new CompletableFuture<>();
    CompletableFuture<Integer> exits = new CompletableFuture<>();
    AtomicInteger threadId = new AtomicInteger();
    AtomicInteger request = new AtomicInteger();
    Semaphore answers = new Semaphore(0);
    CountDownLatch leave = new CountDownLatch(1);
    Thread vcpu =
        Thread.ofPlatform()
            .name("vcpu-0")
            .start(
                () -> {
                  // jmp to itself
                  try (TinyGuest guest = TinyGuest.realMode(0xEB, 0xFE)) {
                    threadId.set(Threads.id());
                    running.complete(guest.kvmRun());
                    exits.complete(answerRequests(guest, request, answers));
                    leave.await(); // a thread that has gone can't be signalled
                  } catch (Throwable t) {
                    running.completeExceptionally(t);
                    exits.completeExceptionally(t);
                  }
                });
    KvmRun run = running.get(10, TimeUnit.SECONDS);

    for (int kick = 1; kick <= KICKS; kick++) {
      request.set(kick);
      run.setImmediateExit(true);
      assertThat(Threads.signal(threadId.get(), signal)).isTrue();
      assertThat(answers.tryAcquire(10, TimeUnit.SECONDS)).as("kick %d", kick).isTrue();
      // Meets the thread at another place each time: on its way in, inside, on its way out.
      for (int i = kick % 100; i > 0; i--) {
        Thread.onSpinWait();
      }
    }

    assertThat(exits.get(10, TimeUnit.SECONDS)).isZero();
    leave.countDown();
    vcpu.join();
  }

  /** What a vCPU thread does: clear the flag, then look. Counts exits that weren't kicks. */
  private static int answerRequests(TinyGuest guest, AtomicInteger request, Semaphore answers) {
    int exits = 0;
    int seen = 0;
    while (seen != KICKS) {
      exits += guest.vcpu().run() == RunOutcome.INTERRUPTED ? 0 : 1;
      guest.kvmRun().setImmediateExit(false);
      int wanted = request.get();
      if (wanted != seen) {
        seen = wanted;
        answers.release();
      }
    }
    return exits;
  }
}

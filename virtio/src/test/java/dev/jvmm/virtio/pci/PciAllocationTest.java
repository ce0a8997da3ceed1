package dev.jvmm.virtio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.event.Signal;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PciAllocationTest {

  private static final int WARM_RUNS = 20_000;
  private static final int RUNS = 1_000;

  private final PciDriver driver = new PciDriver();
  private int fired;
  private final VirtioPciInterrupts byMessage =
      new VirtioPciInterrupts(
          1,
          new Messages() {
            @Override
            public boolean enabled() {
              return true;
            }

            @Override
            public int vectors() {
              return 1;
            }

            @Override
            public void fire(int vector) {
              fired++;
            }

            @Override
            public @Nullable Signal direct(int vector) {
              return null;
            }

            @Override
            public void change(Runnable change) {
              change.run();
            }

            @Override
            public void whenChanged(Runnable listener) {
              // nothing changes
            }
          },
          level -> {});

  @Test
  void notificationsAndInterrupts_allocateNothingOnceWarm() {
    driver.bringUp();
    byMessage.queueVector(0, 0);
    for (int i = 0; i < WARM_RUNS; i++) {
      round();
    }
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    threads.getThreadAllocatedBytes(thread);
    long before = threads.getThreadAllocatedBytes(thread);
    for (int i = 0; i < RUNS; i++) {
      round();
    }
    long allocated = threads.getThreadAllocatedBytes(thread) - before;

    assertThat(allocated).isZero();
    assertThat(fired).isEqualTo(WARM_RUNS + RUNS);
  }

  private void round() {
    driver.bar.write(PciDriver.NOTIFY, 2, 0);
    driver.interrupts.queueUsed(0);
    driver.bar.read(PciDriver.ISR, 1);
    byMessage.queueUsed(0);
  }
}

package dev.jvmm.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class SplitVirtqueueAllocationTest {

  private static final int SIZE = 64;
  private static final int WARM_RUNS = 20_000;
  private static final int RUNS = 1_000;

  private final GuestMemory memory = DriverSide.ram();
  private final DriverSide driver = new DriverSide(memory, 0x1000, SIZE, true);
  private final byte[] bytes = new byte[4096];
  private final SplitVirtqueue queue =
      new SplitVirtqueue(
          memory,
          Objects.requireNonNull(QueueRings.of(memory, SIZE, driver.addresses())),
          new QueueLimits(SIZE, 1 << 20),
          new SplitVirtqueue.Options(true, true),
          new QueueListener() {
            @Override
            public void interrupt() {}

            @Override
            public void broken() {}
          });

  @Test
  void run_allocatesNothingOnceWarm() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long thread = Thread.currentThread().threadId();
    for (int i = 0; i < WARM_RUNS; i++) {
      offer();
      run();
      takeBack();
    }
    long allocated = 0;
    for (int i = 0; i < RUNS; i++) {
      offer();
      long before = threads.getThreadAllocatedBytes(thread);
      run();
      allocated += threads.getThreadAllocatedBytes(thread) - before;
      takeBack();
    }

    assertThat(allocated).isZero();
  }

  private void run() {
    queue.suppressNotifications();
    DescriptorChain chain;
    while ((chain = queue.poll()) != null) {
      chain.readable().read(0, bytes, 16);
      chain.writable().write(0, bytes, chain.writable().sizeBytes());
      queue.complete(chain, chain.writable().sizeBytes());
    }
    queue.flush();
    queue.allowNotifications();
  }

  private void offer() {
    driver.add(Piece.readable(0x8000, 16), Piece.writable(0x9000, 512));
    driver.addIndirect(
        0xA000, Piece.readable(0x8000, 16), Piece.writable(0x9000, 1), Piece.writable(0xB000, 9));
    driver.publish();
  }

  private void takeBack() {
    driver.take();
    driver.take();
  }
}

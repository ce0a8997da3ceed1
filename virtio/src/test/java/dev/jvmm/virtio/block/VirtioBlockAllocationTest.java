package dev.jvmm.virtio.block;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** Garbage collection is what makes the tail of a disk's latency: warm, there is no garbage. */
class VirtioBlockAllocationTest {

  private static final int WARM_RUNS = 4_000;
  private static final int RUNS = 500;
  private static final int DEPTH = 32;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final MemoryBackend disk = new MemoryBackend();
  private final BlockGuest guest = new BlockGuest(disk);
  private long allocated;

  @Test
  void requests_allocateNothingOnceWarm() {
    disk.quiet = true;
    prepare();
    for (int i = 0; i < WARM_RUNS; i++) {
      round();
    }
    allocated = 0;
    for (int i = 0; i < RUNS; i++) {
      round();
    }

    assertThat(allocated).isZero();
  }

  private void prepare() {
    for (int i = 0; i < DEPTH; i++) {
      int type = i % 2 == 0 ? RequestType.IN : RequestType.OUT;
      guest.header(i, i == 31 ? RequestType.GET_ID : i == 30 ? RequestType.FLUSH : type, i);
    }
  }

  private void round() {
    for (int i = 0; i < DEPTH; i++) {
      Piece header = Piece.readable(BlockGuest.HEADERS + 16L * i, 16);
      Piece status = Piece.writable(BlockGuest.STATUSES + i, 1);
      long data = BlockGuest.DATA + 1024L * i;
      boolean in = i % 2 == 0 || i == 31;
      guest.queue.add(
          header,
          in ? Piece.writable(data, 300) : Piece.readable(data, 300),
          in ? Piece.writable(data + 300, 212) : Piece.readable(data + 300, 212),
          status);
    }
    guest.queue.publish();
    guest.driver.device.notifyQueue(0);
    long before = threads.getCurrentThreadAllocatedBytes();
    guest.driver.runner.run();
    allocated += threads.getCurrentThreadAllocatedBytes() - before;
    while (guest.queue.take() != null) {
      assertThat(guest.driver.usedInterrupts).isPositive();
    }
  }
}

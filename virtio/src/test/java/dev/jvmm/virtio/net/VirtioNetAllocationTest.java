package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.lang.management.ManagementFactory;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Garbage collection is what makes the tail of a network's latency: warm, there is no garbage. */
class VirtioNetAllocationTest {

  /** The compiler is done some time in the first; on a busy machine later. */
  private static final int WINDOWS = 20;

  private static final int RUNS = 500;
  private static final int FRAMES = 32;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final NetGuest guest = new NetGuest();
  private long allocated;

  @Test
  void frames_allocateNothingOnceWarm() {
    guest.line().quiet = true;
    guest.line().endless = NetGuest.HEADER + 3000; // two buffers each
    guest.driver.memory.write(NetGuest.SEND, NetGuest.frame(NetGuest.MAC, 1500));
    guest.command(0, 0, (byte) 0); // so that each frame is looked at
    long least = Long.MAX_VALUE;
    for (int window = 0; window < WINDOWS; window++) {
      allocated = 0;
      for (int i = 0; i < RUNS; i++) {
        round();
      }
      least = Math.min(least, allocated);
    }

    assertThat(least).isZero();
    assertThat(guest.line().sent).isEqualTo((long) FRAMES * WINDOWS * RUNS);
    assertThat(guest.line().received).isPositive();
  }

  private void round() {
    for (int i = 0; i < FRAMES; i++) {
      guest.transmit.add(
          Piece.readable(NetGuest.SEND, 54), Piece.readable(NetGuest.SEND + 54, 1458));
      guest.receive.add(Piece.writable(NetGuest.RECEIVE + 2048L * i, 2048));
    }
    guest.transmit.publish();
    guest.receive.publish();
    guest.driver.device.notifyQueue(0);
    guest.driver.device.notifyQueue(1);
    Runnable readable = Objects.requireNonNullElse(guest.line().readable, () -> {});
    long before = threads.getCurrentThreadAllocatedBytes();
    guest.driver.runner.runEachOnce();
    readable.run();
    allocated += threads.getCurrentThreadAllocatedBytes() - before;
    while (guest.transmit.take() != null) {
      assertThat(guest.driver.usedInterrupts).isPositive();
    }
    while (guest.receive.take() != null) {
      assertThat(guest.driver.usedInterrupts).isPositive();
    }
  }
}

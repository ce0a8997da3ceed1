package dev.jvmm.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.junit.Lifecycle;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.device.FuzzedQueues;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;
import java.util.Arrays;

/**
 * Requests of any kind to a device whose bytes are few and whose source is often dry. The input is
 * as {@link FuzzedQueues} says; besides, 5 and 6 give the source as many bytes as the next octet
 * says, and 7 lets so many hundredths of a second go by.
 */
class EntropyRequestsFuzzTest {

  private static final int MAX_BYTES = 100;
  private static final int PERIOD_MILLIS = 1000;
  private static final int HUNDREDTH_NANOS = 10_000_000;
  private static final GuestMemory MEMORY = DriverSide.ram();

  private final ManualClock clock = new ManualClock();
  private final FuzzedQueues queues;
  private int stock;
  private Runnable ready = () -> {};

  EntropyRequestsFuzzTest() {
    FuzzedAccesses.clear(MEMORY);
    RngConfig config = new RngConfig(MAX_BYTES, PERIOD_MILLIS);
    queues = new FuzzedQueues(new GuestDriver(new VirtioRng(config, this::fill, clock), MEMORY));
  }

  private int fill(byte[] bytes, int length, Runnable whenReady) {
    assertThat(length).isBetween(1, MAX_BYTES);
    int count = Math.min(stock, length);
    stock -= count;
    Arrays.fill(bytes, 0, count, (byte) 7);
    ready = whenReady;
    return count;
  }

  @FuzzTest(lifecycle = Lifecycle.PER_EXECUTION)
  void requests(byte[] bytes) {
    queues.run(new FuzzInput(bytes), this::world);
    empty();
    queues.reset(0);
    queues.offer(0, Piece.writable(FuzzedQueues.DATA, 8));
    empty();
  }

  private void world(int op, FuzzInput input) {
    if ((op & 7) == 7) {
      clock.advance((long) input.u8() * HUNDREDTH_NANOS);
    } else {
      stock += input.u8();
      ready.run();
    }
  }

  /** A request a period is what there is at least. */
  private void empty() {
    int left = queues.outstanding(0);
    for (int i = 0; i <= left; i++) {
      stock += MAX_BYTES;
      ready.run();
      clock.advance(PERIOD_MILLIS * 1_000_000L);
      queues.settle();
    }
    assertThat(queues.outstanding(0)).as("never given back").isZero();
  }
}

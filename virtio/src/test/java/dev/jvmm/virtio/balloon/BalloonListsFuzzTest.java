package dev.jvmm.virtio.balloon;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.junit.Lifecycle;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.memory.Region;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.device.FuzzedQueues;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;
import java.lang.foreign.Arena;
import java.util.List;

/**
 * Lists of pages, figures and reports of any content. The input is as {@link FuzzedQueues} says;
 * besides, 5 is a wish of the host's for as many MiB as bits 3 to 7 say, 6 a write of 32 bits to
 * the configuration, at four times as many bytes, and 7 an interval of the figures of so many
 * seconds, and one second that goes by.
 */
class BalloonListsFuzzTest {

  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int STATISTICS = 2;
  private static final int REPORTING = 3;
  private static final long SECOND_NANOS = 1_000_000_000;
  private static final int PAGE_BYTES = 4096;

  private static final GuestMemory MEMORY =
      new GuestMemory(
          List.of(
              new Region(
                  0,
                  Arena.global().allocate(DriverSide.RAM_BYTES, PAGE_BYTES),
                  BalloonListsFuzzTest::discard)));

  private final ManualClock clock = new ManualClock();
  private final VirtioBalloon model =
      new VirtioBalloon(new BalloonConfig(true, true, 0), MEMORY, clock);
  private final GuestDriver driver;
  private final FuzzedQueues queues;

  BalloonListsFuzzTest() {
    FuzzedAccesses.clear(MEMORY);
    driver = new GuestDriver(model, MEMORY);
    model.configChanges(driver.device::changeConfig);
    queues = new FuzzedQueues(driver);
  }

  /** A host that takes nothing, or rings would be lost. */
  private static long discard(long offset, long length) {
    assertThat(offset).isNotNegative();
    assertThat(length).isBetween(0L, DriverSide.RAM_BYTES - offset);
    return 0;
  }

  @FuzzTest(lifecycle = Lifecycle.PER_EXECUTION)
  void lists(byte[] bytes) {
    queues.run(new FuzzInput(bytes), this::world);
    checkAllCameBack();
    queues.reset(0);
    queues.offer(INFLATE, Piece.readable(FuzzedQueues.DATA, 8));
    model.pollingInterval(1);
    queues.offer(STATISTICS, Piece.readable(FuzzedQueues.DATA, 10));
    queues.settle();
    clock.advance(SECOND_NANOS);
    queues.settle();
    checkAllCameBack();
    assertThat(queues.outstanding(STATISTICS)).isZero();
  }

  private void checkAllCameBack() {
    for (int queue : new int[] {INFLATE, DEFLATE, REPORTING}) {
      assertThat(queues.outstanding(queue)).as("lists of queue %d", queue).isZero();
    }
    assertThat(model.statistics().values().size()).isLessThan(64);
  }

  private void world(int op, FuzzInput input) {
    int number = op >> 3;
    switch (op & 7) {
      case 5 -> model.target((number + 1L) << 20);
      case 6 -> driver.device.writeConfig(4 * number, 4, input.u32());
      default -> {
        model.pollingInterval(number);
        clock.advance(SECOND_NANOS);
      }
    }
    assertThat(model.actualBytes()).isBetween(0L, (long) DriverSide.RAM_BYTES);
  }
}

package dev.jvmm.virtio.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.memory.GuestMemory;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A driver and a device on two threads, each of which sleeps as soon as it may and is woken by the
 * other alone. Without the fences of {@link SplitVirtqueue#flush} and {@link
 * SplitVirtqueue#allowNotifications} both sleep sooner or later, and the test fails; on a machine
 * whose processors are busy the two threads seldom meet, and it may be later.
 */
class SplitVirtqueueStressTest {

  private static final int SIZE = 4;
  private static final long REQUESTS = 3_000_000;
  private static final long RUN_NANOS = 1_500_000_000L;

  /** A sleeper that is not woken for that long has been forgotten. */
  private static final long FORGOTTEN_NANOS = 10_000_000_000L;

  private final GuestMemory memory = DriverSide.ram();
  private final Bell toDevice = new Bell();
  private final Bell toDriver = new Bell();
  private volatile boolean done;

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sleepers_areAlwaysWoken(boolean eventIdx) throws InterruptedException {
    DriverSide driver = new DriverSide(memory, 0x1000, SIZE, eventIdx);
    QueueRings rings = Objects.requireNonNull(QueueRings.of(memory, SIZE, driver.addresses()));
    SplitVirtqueue queue =
        new SplitVirtqueue(
            memory,
            rings,
            new QueueLimits(SIZE, 4096),
            new SplitVirtqueue.Options(eventIdx, true),
            new ByBell());
    Thread device = Thread.ofPlatform().daemon().start(() -> serve(queue));

    long served = drive(driver);
    boolean driverWoken = !toDriver.forgotten;
    done = true;
    toDevice.ring();
    device.join();

    assertThat(driverWoken).as("the driver was woken; %d requests came back", served).isTrue();
    assertThat(queue.isBroken()).isFalse();
    assertThat(queue.badChains()).isZero();
    assertThat(served).isPositive();
  }

  private long drive(DriverSide driver) {
    DriverSide.Piece piece = DriverSide.Piece.readable(0x8000, 1);
    long end = System.nanoTime() + RUN_NANOS;
    long served = 0;
    Jitter jitter = new Jitter(1);
    while (served < REQUESTS && System.nanoTime() < end && !toDriver.forgotten) {
      int burst = 1 + (int) (served & 1);
      jitter.pass();
      for (int i = 0; i < burst; i++) {
        driver.add(piece);
      }
      long seen = toDriver.rings();
      if (driver.publish()) {
        toDevice.ring();
      }
      while (driver.freeCount() < SIZE && !toDriver.forgotten) {
        if (driver.take() != null) {
          served++;
          continue;
        }
        jitter.pass();
        if (!driver.allowInterrupts()) {
          seen = toDriver.sleep(seen);
          driver.suppressInterrupts();
        }
      }
    }
    return served;
  }

  private void serve(SplitVirtqueue queue) {
    Jitter jitter = new Jitter(2);
    while (!done) {
      long seen = toDevice.rings();
      queue.suppressNotifications();
      DescriptorChain chain;
      while ((chain = queue.poll()) != null) {
        queue.complete(chain, 0);
        jitter.pass();
        queue.flush();
      }
      jitter.pass();
      if (!queue.allowNotifications() && !done) {
        toDevice.sleepUntil(seen, () -> done);
      }
    }
  }

  private final class ByBell implements QueueListener {

    @Override
    public void interrupt() {
      toDriver.ring();
    }

    @Override
    public void broken() {
      done = true;
    }
  }

  /** Some nanoseconds, another number each time, so that the two threads meet at every point. */
  private static final class Jitter {

    private int state;

    Jitter(int state) {
      this.state = state;
    }

    void pass() {
      state = state * 1_664_525 + 1_013_904_223;
      int sink = state;
      for (int i = (state >>> 16) & 0xFF; i > 0; i--) {
        sink = sink * 31 + i;
      }
      state ^= sink & 1;
    }
  }

  /** Wakes one sleeper; a ring before the sleep counts. */
  private static final class Bell {

    private static final int SPINS = 200;

    private final AtomicLong rings = new AtomicLong();
    private volatile boolean forgotten;

    void ring() {
      rings.incrementAndGet();
    }

    long rings() {
      return rings.get();
    }

    /** Without an end of its own: only the driver gives up, so the device can't help it. */
    @SuppressWarnings("ThreadPriorityCheck") // for speed alone
    void sleepUntil(long seen, BooleanSupplier finished) {
      for (int spins = 1; rings.get() == seen && !finished.getAsBoolean(); spins++) {
        if (spins % SPINS == 0) {
          Thread.yield(); // the other may have no processor
        }
      }
    }

    long sleep(long seen) {
      long end = System.nanoTime() + FORGOTTEN_NANOS;
      sleepUntil(seen, () -> System.nanoTime() - end > 0);
      long now = rings.get();
      forgotten = now == seen;
      return now;
    }
  }
}

package dev.jvmm.virtio.rng;

import dev.jvmm.core.clock.Clock;
import java.util.concurrent.TimeUnit;

/**
 * How many bytes may go in this period. A period begins with its first byte.
 *
 * <p>Thread: confined to the worker; its timer only wakes that.
 */
final class Quota implements AutoCloseable {

  private final long maxBytes;
  private final long periodNanos;
  private final Clock clock;
  private final Clock.Timer nextPeriod;
  private long left;
  private long periodEnd;
  private boolean running;

  Quota(RngConfig config, Clock clock, Runnable wake) {
    this.maxBytes = config.maxBytes();
    this.periodNanos = TimeUnit.MILLISECONDS.toNanos(config.periodMillis());
    this.clock = clock;
    this.nextPeriod = clock.newTimer(wake);
  }

  /** What may go now; when that is nothing, the worker is woken as soon as more may. */
  long left() {
    if (maxBytes == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    if (!running || clock.nanos() - periodEnd >= 0) {
      running = false;
      return maxBytes;
    }
    if (left == 0) {
      nextPeriod.arm(periodEnd);
    }
    return left;
  }

  /** Takes what {@link #left} has granted. */
  void take(int bytes) {
    if (maxBytes == Long.MAX_VALUE) {
      return;
    }
    if (!running) {
      running = true;
      left = maxBytes;
      periodEnd = clock.nanos() + periodNanos;
    }
    left -= bytes;
  }

  @Override
  public void close() {
    nextPeriod.close();
  }
}

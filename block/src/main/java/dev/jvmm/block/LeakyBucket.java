package dev.jvmm.block;

/**
 * One speed limit: a bucket that each request fills by what it costs and that leaks at the average
 * rate. While it is fuller than it may be, requests wait.
 *
 * <p>Thread: confined.
 *
 * <p>A second bucket, which leaks at the rate of a burst, keeps a long burst from being spent in
 * one blow.
 */
final class LeakyBucket {

  private static final double NANOS = 1e9;

  /** How much of a rate may come in one blow. */
  private static final double BLOW_SECONDS = 0.1;

  /** Who waits longer asks again then; it keeps the nanoseconds within a long. */
  private static final double LONGEST_SECONDS = 3600;

  private final ThrottleConfig.Limit limit;
  private final double size;
  private double level;
  private double burstLevel;
  private long lastNanos;

  LeakyBucket(ThrottleConfig.Limit limit, long nowNanos) {
    this.limit = limit;
    this.lastNanos = nowNanos;
    this.size =
        limit.max() > 0
            ? (double) limit.max() * limit.burstSeconds()
            : limit.average() * BLOW_SECONDS;
  }

  /** How long the next request has to wait, 0 for not at all. */
  long waitNanos(long nowNanos) {
    if (!limit.limits()) {
      return 0;
    }
    leak(nowNanos);
    double wait = (level - size) / limit.average();
    if (limit.burstSeconds() > 1) {
      wait = Math.max(wait, (burstLevel - limit.max() * BLOW_SECONDS) / limit.max());
    }
    return wait <= 0 ? 0 : (long) Math.ceil(Math.min(wait, LONGEST_SECONDS) * NANOS);
  }

  /** A request has gone. */
  void fill(double units) {
    level += units;
    burstLevel += units;
  }

  private void leak(long nowNanos) {
    double seconds = Math.max(0, nowNanos - lastNanos) / NANOS; // of clocks on several threads
    lastNanos = seconds > 0 ? nowNanos : lastNanos;
    level = Math.max(0, level - limit.average() * seconds);
    burstLevel = Math.max(0, burstLevel - limit.max() * seconds);
  }
}

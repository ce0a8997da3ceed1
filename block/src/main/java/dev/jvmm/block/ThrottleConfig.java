package dev.jvmm.block;

import dev.jvmm.core.vm.ConfigException;

/**
 * The speed limits of a disk, as QEMU's {@code throttling.*} and {@code bps=, iops=} mean them.
 *
 * <p>Thread: immutable.
 *
 * @param bps bytes a second of all requests
 * @param bpsRead of reads alone
 * @param bpsWrite of writes alone
 * @param iops requests a second
 * @param iopsRead of reads alone
 * @param iopsWrite of writes alone
 * @param iopsSizeBytes a longer request counts as several of this size; 0: each counts as one
 */
public record ThrottleConfig(
    Limit bps,
    Limit bpsRead,
    Limit bpsWrite,
    Limit iops,
    Limit iopsRead,
    Limit iopsWrite,
    long iopsSizeBytes) {

  /**
   * One limit.
   *
   * @param average units a second for ever; 0: no limit
   * @param max units a second in a burst; 0: bursts are a tenth of a second's average
   * @param burstSeconds how long {@code max} may last
   */
  public record Limit(long average, long max, long burstSeconds) {

    /** None. */
    public static final Limit NONE = new Limit(0, 0, 1);

    /** The largest number that is taken; no disk is faster, and sums stay exact in a double. */
    public static final long LARGEST = 1_000_000_000_000_000L;

    /** Refuses numbers that make no sense together. */
    public Limit {
      require(average >= 0 && max >= 0, "a limit is negative; give 0 for none");
      require(average <= LARGEST && max <= LARGEST, "a limit is above 10^15; leave it out");
      require(max == 0 || average > 0, "a burst limit needs the limit without _max too");
      require(max == 0 || max >= average, "a burst limit is below the limit; make it larger");
      require(burstSeconds >= 1, "a burst length is below 1 second; make it 1 or more");
      require(burstSeconds == 1 || max > 0, "a burst length needs a burst limit (_max)");
      require(
          max == 0 || burstSeconds <= LARGEST / max, "a burst is above 10^15 in all; shorten it");
    }

    /** An average with the usual small bursts. */
    public static Limit of(long average) {
      return new Limit(average, 0, 1);
    }

    boolean limits() {
      return average > 0;
    }
  }

  /** Refuses a total beside its parts. */
  public ThrottleConfig {
    require(
        !bps.limits() || !(bpsRead.limits() || bpsWrite.limits()),
        "bps can't stand with bps_rd or bps_wr; give the total or the parts");
    require(
        !iops.limits() || !(iopsRead.limits() || iopsWrite.limits()),
        "iops can't stand with iops_rd or iops_wr; give the total or the parts");
    require(iopsSizeBytes >= 0, "iops_size is negative; give bytes");
  }

  /** Limits of the totals alone. */
  public static ThrottleConfig ofTotals(Limit bps, Limit iops) {
    return new ThrottleConfig(bps, Limit.NONE, Limit.NONE, iops, Limit.NONE, Limit.NONE, 0);
  }

  private static void require(boolean good, String otherwise) {
    if (!good) {
      throw new ConfigException("drive", "throttling: " + otherwise);
    }
  }
}

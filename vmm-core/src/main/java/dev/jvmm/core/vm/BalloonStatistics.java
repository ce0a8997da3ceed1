package dev.jvmm.core.vm;

import java.util.Map;

/**
 * What a guest says of its memory (virtio 1.2, 5.5.6.4); any of it may be missing or a lie.
 *
 * <p>Thread: immutable.
 *
 * @param epochMillis when it said so, by the host's clock; 0 where it has not yet
 * @param values what it said
 */
public record BalloonStatistics(long epochMillis, Map<Kind, Long> values) {

  /** Before the guest has said anything. */
  public static final BalloonStatistics NONE = new BalloonStatistics(0, Map.of());

  /** Copies the map. */
  public BalloonStatistics {
    values = Map.copyOf(values);
  }

  /** What is counted, in the order of the specification's tags; memory counts in bytes. */
  public enum Kind {
    SWAP_IN,
    SWAP_OUT,
    MAJOR_FAULTS,
    MINOR_FAULTS,
    FREE_MEMORY,
    TOTAL_MEMORY,
    AVAILABLE_MEMORY,
    DISK_CACHES,
    HUGETLB_ALLOCATIONS,
    HUGETLB_FAILURES,
    OOM_KILL,
    ALLOC_STALL,
    ASYNC_SCAN,
    DIRECT_SCAN,
    ASYNC_RECLAIM,
    DIRECT_RECLAIM
  }
}

package dev.jvmm.block;

import dev.jvmm.core.clock.Clock;
import java.util.ArrayDeque;

/**
 * Speed limits, of one disk or of several together ({@code throttle-group}): what one of them
 * moves, all have moved. Disks that wait in the same direction take turns, a request each.
 *
 * <p>Thread: safe by its monitor, under which a disk is asked for nothing but to look again later.
 */
public final class ThrottleGroup {

  /** Another disk's turn: this one is told when its own has come. */
  static final long NOT_YOURS = -1;

  final Direction reads;
  final Direction writes;
  private final long iopsSizeBytes;

  /**
   * Limits that nobody has used.
   *
   * @param nowNanos of the clocks of all disks
   */
  public ThrottleGroup(ThrottleConfig config, long nowNanos) {
    iopsSizeBytes = config.iopsSizeBytes();
    LeakyBucket bytes = new LeakyBucket(config.bps(), nowNanos);
    LeakyBucket requests = new LeakyBucket(config.iops(), nowNanos);
    reads =
        new Direction(
            new LeakyBucket[] {bytes, new LeakyBucket(config.bpsRead(), nowNanos)},
            new LeakyBucket[] {requests, new LeakyBucket(config.iopsRead(), nowNanos)});
    writes =
        new Direction(
            new LeakyBucket[] {bytes, new LeakyBucket(config.bpsWrite(), nowNanos)},
            new LeakyBucket[] {requests, new LeakyBucket(config.iopsWrite(), nowNanos)});
  }

  /** A disk that may have to wait. */
  interface Member {

    /** Its turn has come: it is to ask again, soon and not from inside of this. */
    void yourTurn();
  }

  /** What goes in one direction, and whose turn it is. */
  final class Direction {

    private final LeakyBucket[] bytes;
    private final LeakyBucket[] requests;
    private final ArrayDeque<Member> turns = new ArrayDeque<>();

    private Direction(LeakyBucket[] bytes, LeakyBucket[] requests) {
      this.bytes = bytes;
      this.requests = requests;
    }

    /**
     * Whether a disk's next request may go. If so it has gone, as far as the limits know.
     *
     * @param lengthBytes what it moves
     * @return 0 if it may; how long to wait before asking again; or {@link #NOT_YOURS}
     */
    long ask(Member member, long lengthBytes, Clock clock) {
      synchronized (ThrottleGroup.this) {
        Member first = turns.peekFirst();
        if (first != null && !first.equals(member)) {
          if (!turns.contains(member)) {
            turns.addLast(member);
          }
          return NOT_YOURS;
        }
        long wait = waitNanos(clock.nanos());
        if (wait > 0) {
          if (first == null) {
            turns.addLast(member);
          }
          return wait;
        }
        fill(lengthBytes);
        leave(member);
        return 0;
      }
    }

    /** A request goes whatever the limits say; they know of it. */
    void force(long lengthBytes) {
      synchronized (ThrottleGroup.this) {
        fill(lengthBytes);
      }
    }

    /** A disk has nothing that waits any more, or lets another go first. */
    void leave(Member member) {
      synchronized (ThrottleGroup.this) {
        boolean first = member.equals(turns.peekFirst());
        turns.remove(member);
        Member next = turns.peekFirst();
        if (first && next != null) {
          next.yourTurn();
        }
      }
    }

    private long waitNanos(long now) {
      long wait = 0;
      for (int i = 0; i < bytes.length; i++) {
        wait = Math.max(wait, bytes[i].waitNanos(now));
        wait = Math.max(wait, requests[i].waitNanos(now));
      }
      return wait;
    }

    private void fill(long lengthBytes) {
      double units = iopsSizeBytes == 0 ? 1 : Math.max(1, (double) lengthBytes / iopsSizeBytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i].fill((double) lengthBytes);
        requests[i].fill(units);
      }
    }
  }
}

package dev.jvmm.block;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import java.util.List;

/**
 * A disk behind speed limits: reads and writes wait their turn, each direction in a row of its own;
 * a flush goes by.
 *
 * <p>Thread: as {@link BlockBackend} says; the clock's timers run on the same loop.
 *
 * <p>A drain lets everything go at once: a guest can't make a shutdown wait by its limits. A reset
 * of the device cancels what waits, so that the guest gets nothing by resets that its limits deny.
 */
public final class ThrottledBackend implements BlockBackend {

  private final BlockBackend inner;
  private final Clock clock;
  private final EventLoop loop;
  private final long iopsSizeBytes;
  private final Direction reads;
  private final Direction writes;

  /** Takes the disk over: closed with this. {@code clock} and disk belong to {@code loop}. */
  public ThrottledBackend(BlockBackend inner, ThrottleConfig config, Clock clock, EventLoop loop) {
    this.inner = inner;
    this.clock = clock;
    this.loop = loop;
    this.iopsSizeBytes = config.iopsSizeBytes();
    long now = clock.nanos();
    LeakyBucket bytes = new LeakyBucket(config.bps(), now);
    LeakyBucket requests = new LeakyBucket(config.iops(), now);
    this.reads =
        new Direction(
            List.of(bytes, new LeakyBucket(config.bpsRead(), now)),
            List.of(requests, new LeakyBucket(config.iopsRead(), now)));
    this.writes =
        new Direction(
            List.of(bytes, new LeakyBucket(config.bpsWrite(), now)),
            List.of(requests, new LeakyBucket(config.iopsWrite(), now)));
  }

  /** The requests of one direction that wait, and the buckets that they fill. */
  private final class Direction {

    private final LeakyBucket[] bytes;
    private final LeakyBucket[] requests;
    private final RequestList waiting = new RequestList();
    private final Clock.Timer timer = clock.newTimer(this::expired);
    private boolean armed;
    private int count;

    Direction(List<LeakyBucket> bytes, List<LeakyBucket> requests) {
      this.bytes = bytes.toArray(LeakyBucket[]::new);
      this.requests = requests.toArray(LeakyBucket[]::new);
    }

    void add(BlockRequest request) {
      waiting.add(request);
      count++;
      release();
    }

    /** Lets go what may, and arms the timer for the first that may not. */
    private void release() {
      while (!armed && !waiting.isEmpty()) {
        long now = clock.nanos();
        long wait = waitNanos(now);
        if (wait > 0) {
          armed = true;
          timer.arm(now + wait);
          return;
        }
        go();
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

    private void go() {
      BlockRequest request = waiting.poll();
      if (request == null) {
        return;
      }
      count--;
      // A discard moves no data, however long it is.
      long length = request.operation().movesData() ? request.lengthBytes() : 0;
      double units = iopsSizeBytes == 0 ? 1 : Math.max(1, (double) length / iopsSizeBytes);
      for (int i = 0; i < bytes.length; i++) {
        bytes[i].fill((double) length);
        requests[i].fill(units);
      }
      inner.submit(request);
    }

    private void expired() {
      armed = false;
      release();
      inner.kick();
    }

    boolean remove(BlockRequest request) {
      boolean waited = waiting.remove(request);
      if (waited) {
        count--;
      }
      return waited;
    }

    void releaseAll() {
      timer.disarm();
      armed = false;
      while (!waiting.isEmpty()) {
        go();
      }
    }
  }

  @Override
  public long capacityBytes() {
    return inner.capacityBytes();
  }

  @Override
  public boolean readOnly() {
    return inner.readOnly();
  }

  @Override
  public BlockLimits limits() {
    return inner.limits();
  }

  @Override
  public boolean writeCache() {
    return inner.writeCache();
  }

  @Override
  public void writeCache(boolean on) {
    inner.writeCache(on);
  }

  @Override
  public void afterCompletions(Runnable listener) {
    inner.afterCompletions(listener);
  }

  @Override
  public void submit(BlockRequest request) {
    if (request.operation() == BlockOperation.FLUSH) {
      inner.submit(request);
    } else if (!request.fits(capacityBytes())) {
      inner.submit(request); // refused there; what never moves fills no bucket
    } else if (request.operation().isRead()) {
      reads.add(request);
    } else {
      writes.add(request);
    }
  }

  @Override
  public void kick() {
    inner.kick();
  }

  @Override
  public void cancel(BlockRequest request) {
    boolean waited = request.operation().isRead() ? reads.remove(request) : writes.remove(request);
    if (waited) {
      request.complete(Errno.ECANCELED);
    } else {
      inner.cancel(request);
    }
  }

  @Override
  public int inFlight() {
    return inner.inFlight() + reads.count + writes.count;
  }

  @Override
  public void drain() {
    loop.invoke(this::drainOnLoop);
  }

  private void drainOnLoop() {
    while (inFlight() > 0) {
      reads.releaseAll();
      writes.releaseAll();
      inner.drain();
    }
  }

  @Override
  public void close() {
    loop.invoke(
        () -> {
          drainOnLoop();
          reads.timer.close();
          writes.timer.close();
        });
    inner.close();
  }
}

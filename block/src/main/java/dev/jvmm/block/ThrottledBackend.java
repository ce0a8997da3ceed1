package dev.jvmm.block;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;

/**
 * A disk behind speed limits, its own or those of a group: reads and writes wait their turn, each
 * direction in a row of its own; a flush goes by.
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
  private final Direction reads;
  private final Direction writes;

  /**
   * Takes the disk over: closed with this. {@code clock} and disk belong to {@code loop}; other
   * disks of the group may belong to other loops.
   */
  public ThrottledBackend(BlockBackend inner, ThrottleGroup group, Clock clock, EventLoop loop) {
    this.inner = inner;
    this.clock = clock;
    this.loop = loop;
    this.reads = new Direction(group.reads);
    this.writes = new Direction(group.writes);
  }

  /** The requests of one direction that wait. */
  private final class Direction implements ThrottleGroup.Member {

    private final ThrottleGroup.Direction limits;
    private final RequestList waiting = new RequestList();
    private final Clock.Timer timer = clock.newTimer(this::expired);
    private final EventLoop.Task turn = loop.newTask(this::expired);
    private boolean armed;
    private int count;

    Direction(ThrottleGroup.Direction limits) {
      this.limits = limits;
    }

    void add(BlockRequest request) {
      waiting.add(request);
      count++;
      release();
    }

    /** Lets go what may, and arms the timer for the first that may not. */
    private void release() {
      BlockRequest request = waiting.peek();
      while (!armed && request != null) {
        long wait = limits.ask(this, moved(request), clock);
        if (wait != 0) {
          if (wait != ThrottleGroup.NOT_YOURS) {
            armed = true;
            timer.arm(clock.nanos() + wait);
          }
          return;
        }
        go();
        request = waiting.peek();
      }
    }

    /** A discard moves no data, however long it is. */
    private static long moved(BlockRequest request) {
      return request.operation().movesData() ? request.lengthBytes() : 0;
    }

    private void go() {
      BlockRequest request = waiting.poll();
      if (request != null) {
        count--;
        inner.submit(request);
      }
    }

    @Override
    public void yourTurn() {
      turn.schedule();
    }

    /** Time has passed, or another disk has had its turn. */
    private void expired() {
      timer.disarm();
      armed = false;
      release();
      inner.kick();
    }

    boolean remove(BlockRequest request) {
      boolean waited = waiting.remove(request);
      if (waited) {
        count--;
        leaveIfEmpty();
      }
      return waited;
    }

    private void leaveIfEmpty() {
      if (waiting.isEmpty()) {
        limits.leave(this);
      }
    }

    void releaseAll() {
      timer.disarm();
      armed = false;
      BlockRequest request = waiting.peek();
      while (request != null) {
        limits.force(moved(request));
        go();
        request = waiting.peek();
      }
      limits.leave(this);
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

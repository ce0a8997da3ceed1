package dev.jvmm.core.chardev;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue of bytes between two threads, of which one may wait.
 *
 * <p>Thread: safe by its lock.
 */
final class BlockingPipe {

  private static final int BYTES = 64 * 1024;

  /** How much is kept where nobody takes: the attack it stops is output without end. */
  static final int MAX_BYTES = 1 << 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final boolean lossless;
  private ByteRing ring;
  private long added; // in its whole life
  private long lost;
  private boolean closed;

  /** One that takes no more than there is room for. */
  BlockingPipe() {
    this(true);
  }

  /** One that, unless it is lossless, takes everything and lets the oldest go. */
  BlockingPipe(boolean lossless) {
    this.lossless = lossless;
    this.ring = new ByteRing(lossless ? BYTES : BYTES / 16);
  }

  /** Adds what there is room for; how many that was. */
  int put(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      changed.signalAll();
      if (!lossless) {
        makeRoom(length);
      }
      int taken = ring.put(bytes, offset, length);
      added += taken;
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** For {@code length} bytes, fewer than it can hold. */
  private void makeRoom(int length) {
    while (ring.room() < length && ring.array().length < MAX_BYTES) {
      ring = ring.doubled();
    }
    int missing = length - ring.room();
    if (missing > 0) {
      ring.drop(missing);
      lost += missing;
    }
  }

  /** How many bytes went without being taken. */
  long lost() {
    lock.lock();
    try {
      return lost;
    } finally {
      lock.unlock();
    }
  }

  /** How many bytes were added up to now. */
  long added() {
    lock.lock();
    try {
      return added;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until more than {@code seen} bytes have been added.
   *
   * @return false if none will be any more, or {@code nanos} have passed
   */
  boolean awaitMore(long seen, long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (added <= seen && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return added > seen;
    } finally {
      lock.unlock();
    }
  }

  boolean isLossless() {
    return lossless;
  }

  boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Takes what there is, at most {@code length}; how many that was. */
  int take(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      int taken = Math.min(length, ring.run());
      System.arraycopy(ring.array(), ring.start(), bytes, offset, taken);
      ring.drop(taken);
      changed.signalAll();
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Whether there is something to take. */
  boolean hasContent() {
    lock.lock();
    try {
      return ring.count() > 0;
    } finally {
      lock.unlock();
    }
  }

  /** Twice the room. */
  void enlarge() {
    lock.lock();
    try {
      ring = ring.doubled();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until there is room.
   *
   * @return false if nobody will take any more, or {@code nanos} have passed
   */
  boolean awaitRoom(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (ring.room() == 0 && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ring.room() > 0 && !closed;
    } finally {
      lock.unlock();
    }
  }

  void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}

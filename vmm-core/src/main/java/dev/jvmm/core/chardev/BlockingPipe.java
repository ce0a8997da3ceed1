package dev.jvmm.core.chardev;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A bounded queue of bytes between two threads, of which one may wait.
 *
 * <p>Thread: safe by its lock.
 */
final class BlockingPipe {

  private static final int BYTES = 64 * 1024;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteRing ring = new ByteRing(BYTES);
  private boolean closed;

  BlockingPipe() {}

  /** Adds what there is room for; how many that was. */
  int put(byte[] bytes, int offset, int length) {
    lock.lock();
    try {
      changed.signalAll();
      return ring.put(bytes, offset, length);
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

  /** Waits until there is something to take, or nothing will come any more. */
  void awaitContent() throws IOException {
    lock.lock();
    try {
      while (ring.count() == 0 && !closed) {
        changed.await();
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until there is room. */
  void awaitRoom() throws IOException {
    lock.lock();
    try {
      while (ring.room() == 0 && !closed) {
        changed.await();
      }
      if (closed) {
        throw new IOException("the character device is closed");
      }
    } catch (InterruptedException e) {
      throw interrupted(e);
    } finally {
      lock.unlock();
    }
  }

  /** The same for at most {@code nanos}; whether there is room. */
  boolean awaitRoom(long nanos) {
    lock.lock();
    try {
      long left = nanos;
      while (ring.room() == 0 && left > 0) {
        left = changed.awaitNanos(left);
      }
      return ring.room() > 0;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      lock.unlock();
    }
  }

  private static IOException interrupted(InterruptedException cause) {
    Thread.currentThread().interrupt();
    IOException exception = new InterruptedIOException();
    exception.initCause(cause);
    return exception;
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

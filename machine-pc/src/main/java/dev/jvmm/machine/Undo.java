package dev.jvmm.machine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been opened, to be closed in reverse.
 *
 * <p>Thread: confined to the builder's.
 */
final class Undo implements AutoCloseable {

  private final Deque<Step> steps = new ArrayDeque<>();

  /** A close that throws nothing checked. */
  @FunctionalInterface
  private interface Step {
    void close();
  }

  /** Remembers how to take something back. */
  void add(Runnable close) {
    steps.push(close::run);
  }

  /** Everything is there: nothing is to be taken back. */
  void forget() {
    steps.clear();
  }

  /** Takes everything back, the last first; what fails keeps nothing else open. */
  @Override
  public void close() {
    RuntimeException failure = null;
    for (Step step = steps.poll(); step != null; step = steps.poll()) {
      try {
        step.close();
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    if (failure != null) {
      throw failure;
    }
  }
}

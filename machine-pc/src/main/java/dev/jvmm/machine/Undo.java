package dev.jvmm.machine;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * What has been opened so far, to be closed in reverse when the rest can't be had.
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

  @Override
  public void close() {
    steps.forEach(Step::close);
    steps.clear();
  }
}

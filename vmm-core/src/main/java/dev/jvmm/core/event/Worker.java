package dev.jvmm.core.event;

/**
 * Work that comes in pieces, separate from what runs it: an event loop, a thread, a test.
 *
 * <p>Thread: run by one {@link WorkerRunner}, one run at a time.
 */
@FunctionalInterface
public interface Worker {

  /**
   * Does a bounded piece of what there is to do.
   *
   * @return how many items it took; 0 when nothing is left, and whoever brings more wakes the
   *     worker. Anything else asks for a further run.
   */
  int runOnce();
}

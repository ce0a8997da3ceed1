package dev.jvmm.block;

/**
 * A disk's contents: takes requests from a device and completes them later.
 *
 * <p>Thread: it belongs to one event loop. {@link #submit}, {@link #kick}, {@link #cancel}, {@link
 * #inFlight} and {@link #writeCache(boolean)} are called on that loop's thread, and completions
 * come there; {@link #afterCompletions} comes before the first of them; the rest is safe from any
 * thread.
 *
 * <p>The rules of a request's life:
 *
 * <ul>
 *   <li>From {@code submit} to its completion a request and the memory of its segments belong to
 *       the backend; both outlive the I/O. Nothing takes a request back: whoever wants to free
 *       memory, or to reset a device, drains first.
 *   <li>A completion never comes from inside {@code submit}, but may from inside {@code kick} and
 *       {@code cancel}.
 *   <li>Requests under way are in no order to each other, and where two of them overlap the outcome
 *       is either's. A flush covers what was completed before it was submitted.
 * </ul>
 */
public interface BlockBackend extends AutoCloseable {

  /** Its size, a multiple of 512. */
  long capacityBytes();

  /** Whether every change is refused with EPERM. */
  boolean readOnly();

  /** What it likes its requests to be. */
  BlockLimits limits();

  /** Whether a write may complete before it is on stable storage: there is something to flush. */
  boolean writeCache();

  /** Switches that, as a guest may; requests submitted later follow it. */
  void writeCache(boolean on);

  /**
   * Has {@code listener} run on the loop after each run of completions that did not come from
   * inside {@link #kick}: the moment to interrupt a guest once for all of them. One at a time.
   */
  void afterCompletions(Runnable listener);

  /** Takes a request. It may wait for {@link #kick}, so that a batch costs one system call. */
  void submit(BlockRequest request);

  /** Ends a batch: everything submitted so far is begun. */
  void kick();

  /**
   * Nobody wants a request's outcome any more. If it has not begun, because it waits for its turn,
   * it never will, and completes with ECANCELED from inside this call; else it goes on.
   */
  void cancel(BlockRequest request);

  /** Requests that are submitted and not completed. */
  int inFlight();

  /**
   * Returns when nothing is in flight; the completions have come by then. Waits for the host's
   * disk, so a device that need not wait counts its completions instead. It may be called from
   * inside a completion.
   */
  void drain();

  /** Drains, then gives everything back. Requests submitted later complete with EBADF. */
  @Override
  void close();
}

package dev.jvmm.block;

/**
 * What moves a request's data between memory and file.
 *
 * <p>Thread: confined to the disk's event loop. Outcomes come there too, by the {@link
 * Completions.Receiver} that it was made with, never from inside {@link #start}.
 */
interface IoEngine extends AutoCloseable {

  /** Takes a request; it need not be begun before {@link #kick}. */
  void start(BlockRequest request);

  /** Begins what was taken. */
  void kick();

  /** Waits for at least one outcome and delivers it; only while there is something to wait for. */
  void await();

  /** Gives its own things back; nothing is under way. */
  @Override
  void close();
}

package dev.jvmm.benchmarks;

import java.io.IOException;

/**
 * A guest that counts its exits in its memory, and can be made to stand between measurements.
 *
 * <p>Thread: confined.
 */
interface CountingGuest extends AutoCloseable {

  /** Where in its memory a guest counts, in 32 bits that wrap around. */
  long COUNTER_GPA = 0x30_0000;

  /** What it has counted so far. */
  int exits();

  void resume() throws IOException, InterruptedException;

  void pause() throws IOException, InterruptedException;

  @Override
  void close() throws IOException;

  /** How many nanoseconds an exit takes on average while it runs for so long; it stands after. */
  default double nanosPerExit(long milliseconds) throws IOException, InterruptedException {
    resume();
    Thread.sleep(5); // until it is on its way
    long start = System.nanoTime();
    int before = exits();
    Thread.sleep(milliseconds);
    int after = exits();
    long end = System.nanoTime();
    pause();
    return (double) (end - start) / Integer.toUnsignedLong(after - before);
  }
}

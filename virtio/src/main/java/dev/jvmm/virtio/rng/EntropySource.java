package dev.jvmm.virtio.rng;

/**
 * Where random bytes come from.
 *
 * <p>Thread: called on the runner's thread of each device that has it; never waits.
 */
@FunctionalInterface
public interface EntropySource {

  /**
   * Fills {@code bytes} from the start.
   *
   * @param length the most that are wanted, at least 1
   * @param ready called once, on any thread, when there are more after an answer of 0; perhaps
   *     never
   * @return how many bytes there were, 0 where there are none now
   */
  int fill(byte[] bytes, int length, Runnable ready);
}

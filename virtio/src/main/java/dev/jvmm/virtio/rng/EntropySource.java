package dev.jvmm.virtio.rng;

/**
 * Where random bytes come from.
 *
 * <p>Thread: called on the runner's thread of each device that has it; never waits long.
 */
@FunctionalInterface
public interface EntropySource {

  /** Fills the first {@code length} bytes. */
  void fill(byte[] bytes, int length);
}

package dev.jvmm.machine.virtio;

import dev.jvmm.linux.RandomBytes;
import dev.jvmm.virtio.rng.EntropySource;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The host kernel's random numbers ({@code rng-builtin}), of which there are as many as one likes.
 *
 * <p>Thread: safe by its monitor.
 */
public final class BuiltinEntropy implements EntropySource {

  private static final int BUFFER_BYTES = 4096;

  private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);

  /** One more of them; they are all the same. */
  public BuiltinEntropy() {}

  @Override
  public synchronized int fill(byte[] bytes, int length, Runnable ready) {
    int count = Math.min(length, BUFFER_BYTES);
    RandomBytes.fill(buffer.asSlice(0, count));
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, 0, bytes, 0, count);
    return count;
  }
}

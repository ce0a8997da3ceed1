package dev.jvmm.machine;

import dev.jvmm.core.vm.ConfigException;

/**
 * The RAM of a machine ({@code -m}, {@code -mem-prealloc}).
 *
 * @param sizeBytes a multiple of 4 KiB, at least 2 MiB; what the host can't map is refused when the
 *     machine is built
 * @param preallocated whether every page is there before the guest runs
 */
public record MemoryConfig(long sizeBytes, boolean preallocated) {

  /** Where nothing is said: 128 MiB, as QEMU has it. */
  public static final MemoryConfig DEFAULT = new MemoryConfig(128L << 20, false);

  private static final long MINIMUM = 2L << 20;

  /** Refuses what no guest could start with. */
  public MemoryConfig {
    if (sizeBytes < MINIMUM) {
      throw new ConfigException("m", sizeBytes + " bytes: a machine has at least 2 MiB");
    }
    if ((sizeBytes & 0xFFF) != 0) {
      throw new ConfigException("m", sizeBytes + " bytes: no multiple of a page of 4 KiB");
    }
  }
}

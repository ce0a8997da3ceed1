package dev.jvmm.virtio.rng;

import dev.jvmm.core.vm.ConfigException;

/**
 * What a user says of an entropy device.
 *
 * <p>Thread: immutable.
 *
 * @param maxBytes how many bytes the guest gets in a period, at least 1
 * @param periodMillis the length of a period, at least 1
 */
public record RngConfig(long maxBytes, long periodMillis) {

  /** As many as the guest asks for. */
  public static final RngConfig UNLIMITED = new RngConfig(Long.MAX_VALUE, 65536);

  /** Refuses a limit under which the guest would never get a byte. */
  public RngConfig {
    if (maxBytes < 1) {
      throw new ConfigException("max-bytes", maxBytes + ": give 1 or more");
    }
    if (periodMillis < 1 || periodMillis > Integer.MAX_VALUE) {
      throw new ConfigException(
          "period", periodMillis + ": give milliseconds from 1 to " + Integer.MAX_VALUE);
    }
  }
}

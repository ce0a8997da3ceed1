package dev.jvmm.virtio.balloon;

import dev.jvmm.core.vm.ConfigException;

/**
 * What a user says of a balloon.
 *
 * <p>Thread: immutable.
 *
 * @param deflateOnOom whether the guest may take memory back rather than kill a process
 * @param freePageReporting whether the guest tells of pages that it does not use, which go back to
 *     the host as long
 * @param pollingSeconds how often the guest is asked for statistics; 0 is never
 */
public record BalloonConfig(boolean deflateOnOom, boolean freePageReporting, int pollingSeconds) {

  /** As QEMU has it. */
  public static final BalloonConfig DEFAULT = new BalloonConfig(false, false, 0);

  /** Refuses an interval that can't be. */
  public BalloonConfig {
    if (pollingSeconds < 0) {
      throw new ConfigException(
          "guest-stats-polling-interval", pollingSeconds + ": give seconds, 0 for never");
    }
  }
}

package dev.jvmm.machine.disk;

import dev.jvmm.block.ThrottleConfig;

/**
 * How fast a disk may be.
 *
 * @param config the limits
 * @param group the {@code throttle-group} that shares them; empty: they are the disk's own
 */
public record DiskLimits(ThrottleConfig config, String group) {}

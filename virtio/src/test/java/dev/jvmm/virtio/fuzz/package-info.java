/**
 * What the fuzz targets begin with.
 *
 * <p>Called by the build, and by {@code scripts/fuzz}.
 *
 * <p>Must not know what the targets check.
 */
package dev.jvmm.virtio.fuzz;

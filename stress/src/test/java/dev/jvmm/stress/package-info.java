/**
 * Stress tests of what the guest and jvmm do to the same memory at the same time.
 *
 * <p>Called by the build; calls the public face of {@code virtio}.
 *
 * <p>Must not know any device, any host.
 */
@NullMarked
package dev.jvmm.stress;

import org.jspecify.annotations.NullMarked;

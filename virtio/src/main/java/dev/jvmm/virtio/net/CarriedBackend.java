package dev.jvmm.virtio.net;

import dev.jvmm.virtio.device.QueueCarrier;

/**
 * A network whose frames the host's kernel moves itself, in place of our workers. What is said of
 * offloads and pairs counts all the same; {@link #queue} is not asked for.
 *
 * <p>Thread: as {@link NetBackend} says; {@link #link} is safe from any thread.
 */
public interface CarriedBackend extends NetBackend {

  /** Those of all features that the kernel does, or that are none of its business. */
  long carried(long features);

  /** What carries frames to the guest. */
  QueueCarrier receiver(int pair);

  /** What carries frames from the guest. */
  QueueCarrier transmitter(int pair);

  /** Whether frames move at all; they do at first. */
  void link(boolean up);
}

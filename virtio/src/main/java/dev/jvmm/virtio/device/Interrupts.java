package dev.jvmm.virtio.device;

/**
 * The way from a device to its driver, which the transport provides.
 *
 * <p>Thread: safe, from any thread; never waits and never calls the device.
 */
public interface Interrupts {

  /** Buffers of queue {@code index} were used (virtio 1.2, 2.3). */
  void queueUsed(int index);

  /** The configuration, or the need for a reset, has changed. */
  void configChanged();

  /** The device was reset: what is pending is forgotten, what the driver has set up is undone. */
  void reset();
}

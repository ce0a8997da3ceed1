package dev.jvmm.virtio.device;

import org.jspecify.annotations.Nullable;

/**
 * A type of device some of whose queues the host's kernel carries.
 *
 * <p>Thread: both are settled before the device is made.
 */
public interface CarriedModel extends DeviceModel {

  /**
   * What can carry a queue; {@code null} where a worker of ours is all there is. Whether it does is
   * settled at each start: the model's run serves such a queue by a {@link CarriedWorker}, or by a
   * {@link KickedWorker}.
   */
  @Nullable QueueCarrier carrier(int index);

  /** Those of {@link Features} that its carriers can do, too. */
  long carried(long features);
}

package dev.jvmm.virtio.rng;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.queue.QueueLimits;
import java.util.List;

/**
 * The entropy device (virtio 1.2, 5.4): one queue, whose buffers it fills with random bytes. A
 * request may get fewer than it asks for, but never none.
 *
 * <p>Thread: {@link #start} as every device's; its workers are confined to their runner. The source
 * knows the device rather than a worker, or a driver that resets it while the source has nothing
 * would leave one more to wait each time.
 */
public final class VirtioRng implements DeviceModel {

  private static final int DEVICE_ID = 4;
  private static final int QUEUE_SIZE = 8;

  /** What the queue carries, not what it is given; the attack it stops: sums that overflow. */
  private static final int MAX_CHAIN_BYTES = 1 << 30;

  private final RngConfig config;
  private final EntropySource source;
  private final Clock clock;
  private volatile Runnable wake = () -> {};
  private final Runnable ready = this::ready;

  /** A device whose limit is measured on {@code clock}. */
  public VirtioRng(RngConfig config, EntropySource source, Clock clock) {
    this.config = config;
    this.source = source;
    this.clock = clock;
  }

  private void ready() {
    wake.run();
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  @Override
  public long features() {
    return 0;
  }

  @Override
  public List<QueueLimits> queues() {
    return List.of(new QueueLimits(QUEUE_SIZE, MAX_CHAIN_BYTES));
  }

  @Override
  public ConfigSpace config() {
    return ConfigSpace.EMPTY;
  }

  @Override
  public Run start(long features) {
    return (index, queue, wakeWorker) -> {
      wake = wakeWorker;
      return new RngWorker(queue, source, new Quota(config, clock, wakeWorker), ready);
    };
  }
}

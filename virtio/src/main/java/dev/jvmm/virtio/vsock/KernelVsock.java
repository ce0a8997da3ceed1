package dev.jvmm.virtio.vsock;

import dev.jvmm.virtio.device.CarriedModel;
import dev.jvmm.virtio.device.CarriedWorker;
import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.queue.QueueLimits;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The socket device (virtio 1.2, 5.10) whose packets the host's kernel carries, both ways. The
 * queue of events is ours.
 *
 * <p>Thread: as every {@link CarriedModel}.
 */
public final class KernelVsock implements CarriedModel {

  private static final int DEVICE_ID = 19;

  private static final int RECEIVE_QUEUE = 0;
  private static final int TRANSMIT_QUEUE = 1;
  private static final int QUEUE_SIZE = 128;

  /** What a queue carries, not what it is given; the attack it stops: sums that overflow. */
  private static final int MAX_CHAIN_BYTES = 1 << 30;

  /** VIRTIO_VSOCK_F_STREAM and VIRTIO_VSOCK_F_SEQPACKET (5.10.3). */
  private static final long OWN_FEATURES = 1 | 1 << 1;

  private final VsockSpace space;
  private final Kernel kernel;
  private boolean startedBefore;

  /**
   * The kernel's side.
   *
   * @param features what it can do
   * @param receiver carries packets to the guest
   * @param transmitter carries packets from the guest
   */
  public record Kernel(long features, QueueCarrier receiver, QueueCarrier transmitter) {}

  /** A device whose guest has the address {@code cid}. */
  public KernelVsock(long cid, Kernel kernel) {
    this.space = new VsockSpace(cid);
    this.kernel = kernel;
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  @Override
  public long features() {
    return kernel.features() & OWN_FEATURES;
  }

  /** The kernel stops and starts one queue as well as both, whatever it says of that. */
  @Override
  public long carried(long features) {
    return features & (kernel.features() | Features.RING_RESET);
  }

  @Override
  public List<QueueLimits> queues() {
    QueueLimits queue = new QueueLimits(QUEUE_SIZE, MAX_CHAIN_BYTES);
    return List.of(queue, queue, queue);
  }

  @Override
  public ConfigSpace config() {
    return space;
  }

  @Override
  public @Nullable QueueCarrier carrier(int index) {
    return switch (index) {
      case RECEIVE_QUEUE -> kernel.receiver();
      case TRANSMIT_QUEUE -> kernel.transmitter();
      default -> null;
    };
  }

  @Override
  public Run start(long features) {
    boolean reset = startedBefore;
    startedBefore = true;
    return (index, queue, wake) -> {
      QueueCarrier carrier = carrier(index);
      return carrier == null
          ? new EventWorker(queue, reset)
          : new CarriedWorker(carrier, queue, features, () -> {});
    };
  }
}

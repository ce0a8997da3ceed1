package dev.jvmm.virtio.net;

import dev.jvmm.virtio.device.CarriedModel;
import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.queue.QueueLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The network device (virtio 1.2, 5.1) in front of a {@link NetBackend}: frames go straight between
 * the guest's memory and the network, with checksums and segmentation left to whoever does them
 * last.
 *
 * <p>A backend has one such device in front of it, on the same event loop; reset the device, then
 * close the backend.
 *
 * <p>In front of a {@link CarriedBackend} the host's kernel moves the frames, and the filters and
 * counters of ours see none of them; the control queue is ours.
 *
 * <p>Not emulated: UFO and USO, RSC, RSS and hash reports, STANDBY, notification coalescing.
 *
 * <p>Thread: as {@link DeviceModel} says; {@link #link} and {@link #announce} are safe from any
 * thread. The queues' workers are confined to the event loop.
 */
public final class VirtioNet implements CarriedModel {

  private static final int DEVICE_ID = 1;
  private static final int CONTROL_QUEUE_SIZE = 64;

  /**
   * Bytes of a request; no buffer for a frame needs more. The attack that it stops: a walk along
   * memory that no frame can fill.
   */
  private static final int MAX_CHAIN_BYTES = 1 << 20;

  private final NetConfig config;
  private final NetBackend backend;
  private final NetSpace space;
  private final NetCounters counters = new NetCounters();
  private volatile Consumer<Runnable> changeConfig = Runnable::run;

  /** A device in front of {@code backend}, which has the pairs that the configuration wants. */
  public VirtioNet(NetConfig config, NetBackend backend) {
    if (config.pairs() > backend.maxPairs()) {
      throw new IllegalArgumentException(config.pairs() + " pairs of " + backend.maxPairs());
    }
    this.config = config;
    this.backend = backend;
    this.space = new NetSpace(config);
  }

  /** Says how a change of the configuration is made: {@code VirtioDevice::changeConfig}. */
  public void configChanges(Consumer<Runnable> newChangeConfig) {
    changeConfig = newChangeConfig;
  }

  /** Plugs the cable in or out ({@code set_link}). Without a link frames are dropped, both ways. */
  public void link(boolean up) {
    if (up != linkUp()) {
      changeConfig.accept(() -> space.link(up));
      if (backend instanceof CarriedBackend carried) {
        carried.link(up);
      }
    }
  }

  /** Whether there is a link. */
  public boolean linkUp() {
    return space.linkUp();
  }

  /** Asks the driver to tell the network where it is, as after a migration (5.1.6.5.4). */
  public void announce() {
    changeConfig.accept(space::announce);
  }

  /** The address, which the driver may have changed. */
  public MacAddress mac() {
    return new MacAddress(space.mac());
  }

  /** What did not go its way. */
  public NetCounters counters() {
    return counters;
  }

  NetSpace space() {
    return space;
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  @Override
  public long features() {
    long offloads = NetFeatures.GUEST_OFFLOADS | NetFeatures.HOST_OFFLOADS;
    long features = config.features() & (~offloads | backend.offloads());
    return NetFeatures.consistent(carried(features));
  }

  @Override
  public long carried(long wanted) {
    return backend instanceof CarriedBackend carried ? carried.carried(wanted) : wanted;
  }

  @Override
  public @Nullable QueueCarrier carrier(int index) {
    if (!(backend instanceof CarriedBackend carried) || index >= 2 * config.pairs()) {
      return null;
    }
    return index % 2 == 0 ? carried.receiver(index / 2) : carried.transmitter(index / 2);
  }

  @Override
  public List<QueueLimits> queues() {
    QueueLimits receive = new QueueLimits(config.receiveQueueSize(), MAX_CHAIN_BYTES);
    QueueLimits transmit = new QueueLimits(config.transmitQueueSize(), MAX_CHAIN_BYTES);
    List<QueueLimits> queues = new ArrayList<>();
    for (int i = 0; i < config.pairs(); i++) {
      queues.add(receive);
      queues.add(transmit);
    }
    if ((features() & NetFeatures.CTRL_VQ) != 0) {
      queues.add(new QueueLimits(CONTROL_QUEUE_SIZE, MAX_CHAIN_BYTES));
    }
    return queues;
  }

  @Override
  public ConfigSpace config() {
    return space;
  }

  @Override
  public Run start(long negotiated) {
    long features = NetFeatures.consistent(negotiated);
    space.macWritable((features & (Features.VERSION_1 | NetFeatures.CTRL_MAC_ADDR)) == 0);
    return new NetRun(this, backend, config.pairs(), features);
  }
}

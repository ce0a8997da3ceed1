package dev.jvmm.virtio.net;

import dev.jvmm.virtio.device.CarriedWorker;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.KickedWorker;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.SplitVirtqueue;

/**
 * A network device between DRIVER_OK and its reset.
 *
 * <p>Thread: {@link #serve} is called under the monitor of the device; the rest is confined to the
 * event loop.
 */
final class NetRun implements DeviceModel.Run {

  private final VirtioNet device;
  private final NetBackend backend;
  private final long features;
  private final int headerBytes;
  private final int controlQueue;
  private final ReceiveFilter filter;
  private final int pairs;
  private boolean begun;

  /** A run at its start; {@code features} is what was negotiated. */
  NetRun(VirtioNet device, NetBackend backend, int pairs, long features) {
    this.device = device;
    this.backend = backend;
    this.features = features;
    boolean twelve = has(Features.VERSION_1) || has(NetFeatures.MRG_RXBUF);
    this.headerBytes = twelve ? FrameHeader.BYTES : FrameHeader.LEGACY_BYTES;
    // 5.1.2: behind all pairs, of which a driver without MQ knows one.
    this.controlQueue = has(NetFeatures.MQ) ? 2 * pairs : 2;
    this.filter = new ReceiveFilter(device.space(), has(NetFeatures.CTRL_VLAN));
    this.pairs = pairs;
  }

  @Override
  public QueueWorker serve(int index, SplitVirtqueue queue, Runnable wake) {
    QueueCarrier carrier = device.carrier(index);
    if (index == controlQueue && has(NetFeatures.CTRL_VQ)) {
      ControlWorker control = new ControlWorker(this, queue);
      return carrier == null ? control : new KickedWorker(control, carrier, wake);
    }
    if (index > controlQueue || index / 2 >= pairs) {
      return IdleWorker.INSTANCE;
    }
    if (carrier != null) {
      return new CarriedWorker(carrier, queue, features, this::begin);
    }
    NetQueue network = backend.queue(index / 2);
    if (index % 2 != 0) {
      return new TransmitWorker(this, network, queue, wake);
    }
    return new ReceiveWorker(this, network, queue, wake);
  }

  /** Makes the backend this run's, the first time. */
  void begin() {
    if (!begun) {
      begun = true;
      backend.begin(headerBytes, features & NetFeatures.GUEST_OFFLOADS);
    }
  }

  int headerBytes() {
    return headerBytes;
  }

  long features() {
    return features;
  }

  boolean has(long feature) {
    return (features & feature) != 0;
  }

  ReceiveFilter filter() {
    return filter;
  }

  NetCounters counters() {
    return device.counters();
  }

  boolean linkUp() {
    return device.linkUp();
  }

  /** The driver has a new address. */
  void mac(long bits) {
    device.space().mac(bits);
  }

  /** The driver has announced itself. */
  void announced() {
    device.space().announced();
  }

  /** The driver uses that many pairs; {@code false} where there are not so many. */
  boolean activePairs(int count) {
    if (count > pairs) {
      return false;
    }
    backend.activePairs(count);
    return true;
  }

  /** The driver takes something else. */
  void guestOffloads(long offloads) {
    backend.guestOffloads(offloads);
  }

  /** A queue that no driver has heard of. */
  private static final class IdleWorker implements QueueWorker {

    static final IdleWorker INSTANCE = new IdleWorker();

    @Override
    public int runOnce() {
      return 0;
    }

    @Override
    public void drain(Runnable drained) {
      drained.run();
    }
  }
}

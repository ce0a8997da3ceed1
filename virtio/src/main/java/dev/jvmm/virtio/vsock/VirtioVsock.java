package dev.jvmm.virtio.vsock;

import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The socket device (virtio 1.2, 5.10) whose packets we carry: streams between the guest's ports
 * and whatever the host has in their place.
 *
 * <p>Not emulated: SEQPACKET; addresses but the guest's and the host's.
 *
 * <p>Thread: as {@link DeviceModel} says; the workers are confined to the event loop.
 */
public final class VirtioVsock implements DeviceModel {

  private static final int DEVICE_ID = 19;

  private static final int RECEIVE_QUEUE = 0;
  private static final int TRANSMIT_QUEUE = 1;
  private static final int QUEUE_SIZE = 128;

  /** No packet needs more; the attack that it stops: a walk along memory that none can fill. */
  private static final int MAX_CHAIN_BYTES = 1 << 20;

  private final VsockSpace space;
  private final HostSockets host;
  private boolean startedBefore;

  /** A device whose guest has the address {@code cid}. */
  public VirtioVsock(long cid, HostSockets host) {
    this.space = new VsockSpace(cid);
    this.host = host;
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  /** Streams need none. */
  @Override
  public long features() {
    return 0;
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
  public Run start(long features) {
    Driver driver = new Driver(space.cid(), host, startedBefore);
    startedBefore = true;
    return driver;
  }

  /** One driver's time; its connections begin with its first queue, on the event loop. */
  static final class Driver implements Run {

    private final long cid;
    private final HostSockets host;
    private final boolean afterReset;
    private @Nullable Connections connections;

    Driver(long cid, HostSockets host, boolean afterReset) {
      this.cid = cid;
      this.host = host;
      this.afterReset = afterReset;
    }

    @Override
    public QueueWorker serve(int index, SplitVirtqueue queue, Runnable wake) {
      return switch (index) {
        case RECEIVE_QUEUE -> new PacketReceiver(this, queue, wake);
        case TRANSMIT_QUEUE -> new PacketTransmitter(this, queue, wake);
        default -> new EventWorker(queue, afterReset);
      };
    }

    /** On the event loop. */
    Connections connections() {
      Connections now = connections;
      if (now == null) {
        now = new Connections(cid, host);
        connections = now;
      }
      return now;
    }

    /** One of the queues of packets has gone: no connection goes on without both. */
    void end() {
      if (connections != null) {
        connections.close();
        connections = null;
      }
    }
  }
}

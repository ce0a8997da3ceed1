package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.Tap;
import dev.jvmm.linux.vhost.Vhost;
import dev.jvmm.virtio.device.QueueCarrier;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/**
 * A pair of queues that the kernel connects with one queue of a TAP interface: each of the two as
 * soon as it is set up, while the pair is active and there is a link.
 *
 * <p>Thread: confined to the event loop; {@link #close} once nothing more comes there.
 */
final class VhostNetPair implements VhostRing.Work, AutoCloseable {

  private static final int RINGS = 2;

  private final VhostDevice device;
  private final Tap tap;
  private final VhostRing receiver;
  private final VhostRing transmitter;
  private final boolean[] ready = new boolean[RINGS];
  private final boolean[] connected = new boolean[RINGS];
  private boolean active;
  private boolean link = true;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(VhostNetPair.class.getName());
  }

  VhostNetPair(VhostDevice device, Tap tap, GuestMemory memory, EventLoop loop) {
    this.device = device;
    this.tap = tap;
    this.receiver = new VhostRing(device, 0, memory, loop, this);
    this.transmitter = new VhostRing(device, 1, memory, loop, this);
  }

  QueueCarrier receiver() {
    return receiver;
  }

  QueueCarrier transmitter() {
    return transmitter;
  }

  /** Whether the driver uses this pair. */
  void active(boolean nowActive) {
    active = nowActive;
    update();
  }

  /** Whether the cable is in. */
  void link(boolean up) {
    link = up;
    update();
  }

  /** Where the interface's frames have no header, the kernel takes the guest's off. */
  @Override
  public long features(long negotiated) {
    return tap.has(Tap.IFF_VNET_HDR) ? negotiated : negotiated | Vhost.NET_VIRTIO_NET_HDR;
  }

  @Override
  public void begin(int ring) {
    ready[ring] = true;
    int result = connect(ring, active && link);
    if (result < 0) {
      ready[ring] = false;
    }
    device.check(result, "VHOST_NET_SET_BACKEND");
  }

  @Override
  public void end(int ring) {
    connect(ring, false);
    ready[ring] = false;
  }

  private void update() {
    for (int ring = 0; ring < RINGS; ring++) {
      int result = connect(ring, ready[ring] && active && link);
      if (result < 0) {
        Log.LOG.log(
            Level.WARNING,
            "a network stands still: {0}",
            new LinuxException("VHOST_NET_SET_BACKEND", tap.name(), -result).getMessage());
      }
    }
  }

  private int connect(int ring, boolean wanted) {
    if (wanted == connected[ring]) {
      return 0;
    }
    int result = device.vhost().trySetNetBackend(ring, wanted ? tap.fd() : null);
    if (result >= 0) {
      connected[ring] = wanted;
    }
    return result;
  }

  @Override
  public void close() {
    device.close();
    receiver.close();
    transmitter.close();
  }
}

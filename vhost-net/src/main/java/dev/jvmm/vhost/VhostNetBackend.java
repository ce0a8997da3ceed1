package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.net.CarriedBackend;
import dev.jvmm.virtio.net.NetFeatures;
import dev.jvmm.virtio.net.NetQueue;
import java.util.ArrayList;
import java.util.List;

/**
 * A TAP interface whose frames the kernel moves between it and the guest (vhost-net): one device of
 * the kernel's for each pair of queues. The interface's offloads and pairs are still set here.
 *
 * <p>Thread: as {@link CarriedBackend} says.
 */
final class VhostNetBackend implements CarriedBackend, AutoCloseable {

  /** Those that the kernel's device has a say in; all others are between the driver and us. */
  private static final long OF_KERNEL =
      NetFeatures.MRG_RXBUF | Features.INDIRECT_DESC | Features.EVENT_IDX | Features.VERSION_1;

  private final TapBackend taps;
  private final EventLoop loop;
  private final List<VhostNetPair> pairs = new ArrayList<>();
  private final long features;

  /**
   * Puts devices of the kernel's between an interface and a guest.
   *
   * @param taps sets up the interface, and moves no frames
   * @param devices one for each of its queues
   * @param memory the guest's
   */
  VhostNetBackend(TapBackend taps, List<VhostDevice> devices, GuestMemory memory, EventLoop loop) {
    this.taps = taps;
    this.loop = loop;
    long common = -1;
    for (int i = 0; i < devices.size(); i++) {
      VhostDevice device = devices.get(i);
      Tap tap = taps.tap(i);
      pairs.add(new VhostNetPair(device, tap, memory, loop));
      common &= device.features();
    }
    this.features = common;
  }

  @Override
  public long carried(long wanted) {
    return wanted & (features | ~OF_KERNEL);
  }

  @Override
  public QueueCarrier receiver(int pair) {
    return pairs.get(pair).receiver();
  }

  @Override
  public QueueCarrier transmitter(int pair) {
    return pairs.get(pair).transmitter();
  }

  @Override
  public void link(boolean up) {
    loop.execute(() -> pairs.forEach(pair -> pair.link(up)));
  }

  @Override
  public int maxPairs() {
    return taps.maxPairs();
  }

  @Override
  public long offloads() {
    return taps.offloads();
  }

  @Override
  public void begin(int headerBytes, long guestOffloads) {
    pairs.forEach(pair -> pair.active(false));
    taps.begin(headerBytes, guestOffloads);
    pairs.getFirst().active(true);
  }

  @Override
  public void guestOffloads(long offloads) {
    taps.guestOffloads(offloads);
  }

  /** The kernel takes no queue that the interface does not use. */
  @Override
  public void activePairs(int count) {
    for (int i = count; i < pairs.size(); i++) {
      pairs.get(i).active(false);
    }
    taps.activePairs(count);
    for (int i = 0; i < count; i++) {
      pairs.get(i).active(true);
    }
  }

  @Override
  public NetQueue queue(int pair) {
    throw new IllegalStateException("pair " + pair + " is the kernel's");
  }

  /** After the device in front of it has been reset; the interface is its owner's. */
  @Override
  public void close() {
    pairs.forEach(VhostNetPair::close);
  }
}

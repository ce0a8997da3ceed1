package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.net.NetBackend;
import dev.jvmm.virtio.net.NetFeatures;
import dev.jvmm.virtio.net.NetQueue;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;

/**
 * A TAP interface behind a network device: frames go between the guest's memory and the kernel by
 * one system call each, without a copy of ours.
 *
 * <p>Thread: as {@link NetBackend} says.
 */
public final class TapBackend implements NetBackend, AutoCloseable {

  private static final int ALL_OFFLOADS =
      Tap.TUN_F_CSUM | Tap.TUN_F_TSO4 | Tap.TUN_F_TSO6 | Tap.TUN_F_TSO_ECN;

  private final List<Tap> taps;
  private final List<TapQueue> queues = new ArrayList<>();
  private final long offloads;

  /** Looked for at the first line: the search opens every jar of the module path. */
  private static final class Log {
    private static final Logger LOG = System.getLogger(TapBackend.class.getName());
  }

  /**
   * Takes over the queues of one interface.
   *
   * @param taps at least one; all of them carry headers, or none does
   * @param loop moves the frames
   */
  @SuppressWarnings("exports") // for who reads dev.jvmm.linux and has them
  public TapBackend(List<Tap> taps, EventLoop loop) {
    this.taps = List.copyOf(taps);
    boolean header = taps.getFirst().has(Tap.IFF_VNET_HDR);
    for (Tap tap : taps) {
      queues.add(header ? new TapQueue(tap, loop) : new PlainTapQueue(tap, loop));
    }
    this.offloads = header ? offloads(taps.getFirst()) : 0;
  }

  private static long offloads(Tap tap) {
    if (tap.tryOffloads(ALL_OFFLOADS) == 0) {
      tap.tryOffloads(0);
      return NetFeatures.HOST_OFFLOADS | NetFeatures.GUEST_OFFLOADS;
    }
    return NetFeatures.HOST_OFFLOADS;
  }

  /** One of its queues, for whoever moves the frames in our place. */
  Tap tap(int number) {
    return taps.get(number);
  }

  @Override
  public int maxPairs() {
    return taps.size();
  }

  @Override
  public long offloads() {
    return offloads;
  }

  @Override
  public void begin(int headerBytes, long guestOffloads) {
    try {
      if (taps.getFirst().has(Tap.IFF_VNET_HDR)) {
        taps.getFirst().headerBytes(headerBytes);
      }
    } catch (LinuxException e) {
      Log.LOG.log(Level.WARNING, "a TAP interface fails: {0}", e.getMessage());
    }
    queues.forEach(queue -> queue.headerBytes(headerBytes));
    guestOffloads(guestOffloads);
    activePairs(1);
  }

  @Override
  public void guestOffloads(long wanted) {
    if (offloads == 0) {
      return;
    }
    int flags = 0;
    flags |= (wanted & NetFeatures.GUEST_CSUM) == 0 ? 0 : Tap.TUN_F_CSUM;
    flags |= (wanted & NetFeatures.GUEST_TSO4) == 0 ? 0 : Tap.TUN_F_TSO4;
    flags |= (wanted & NetFeatures.GUEST_TSO6) == 0 ? 0 : Tap.TUN_F_TSO6;
    flags |= (wanted & NetFeatures.GUEST_ECN) == 0 ? 0 : Tap.TUN_F_TSO_ECN;
    int errno = -taps.getFirst().tryOffloads(flags);
    if (errno != 0) {
      Log.LOG.log(
          Level.WARNING,
          "a TAP interface fails: {0}",
          new LinuxException("TUNSETOFFLOAD", taps.getFirst().name(), errno).getMessage());
    }
  }

  @Override
  public void activePairs(int count) {
    if (taps.size() == 1) {
      queues.getFirst().active(true);
      return;
    }
    for (int i = 0; i < taps.size(); i++) {
      boolean active = i < count;
      if (!active) {
        queues.get(i).active(false);
      }
      taps.get(i).tryAttach(active); // refused where it is so already
      if (active) {
        queues.get(i).active(true);
      }
    }
  }

  @Override
  public NetQueue queue(int pair) {
    return queues.get(pair);
  }

  /** After the device in front of it has been reset. */
  @Override
  public void close() {
    queues.forEach(TapQueue::close);
    taps.forEach(Tap::close);
  }
}

package dev.jvmm.vhost;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.vhost.Vhost;
import dev.jvmm.virtio.device.QueueCarrier;
import java.util.BitSet;
import java.util.List;

/**
 * The kernel's sockets between one guest and the host ({@code /dev/vhost-vsock}): both queues of
 * packets are its own. It works on both of them or on none.
 *
 * <p>Thread: made and closed by one thread; in between as {@link QueueCarrier} says.
 */
public final class VhostVsock implements AutoCloseable {

  private static final int RINGS = 2;

  private final VhostDevice device;
  private final List<VhostRing> rings;

  /**
   * Opens the device and claims the guest's address.
   *
   * @param memory the guest's
   * @param loop the one of the guest's device
   * @throws ConfigException if it can't be had
   */
  public static VhostVsock open(VsockConfig config, GuestMemory memory, EventLoop loop) {
    Vhost vhost = vhost(config);
    boolean done = false;
    try {
      VhostDevice device = new VhostDevice(vhost);
      LinuxException.check(
          vhost.trySetGuestCid(config.cid()), "VHOST_VSOCK_SET_GUEST_CID", vhost.name());
      VhostVsock made = new VhostVsock(device, memory, loop);
      done = true;
      return made;
    } catch (LinuxException e) {
      throw refused(config, e);
    } finally {
      if (!done && config.descriptor() == null) {
        vhost.close(); // another's number may be anybody's
      }
    }
  }

  private static Vhost vhost(VsockConfig config) {
    Integer number = config.descriptor();
    if (number != null) {
      return Vhost.adopt(Fd.adopt(number));
    }
    try {
      return Vhost.open(Vhost.VSOCK);
    } catch (LinuxException e) {
      throw config.asked().refused(whyNotOpened(Vhost.VSOCK, "vhost_vsock", e), e);
    }
  }

  /** Why a device of the kernel's can't be opened, and what to do. */
  static String whyNotOpened(String path, String module, LinuxException e) {
    return switch (e.errno()) {
      case Errno.ENOENT, Errno.ENODEV, Errno.ENXIO ->
          "this host has no " + path + ": load the module " + module + " (modprobe " + module + ")";
      case Errno.EACCES, Errno.EPERM ->
          path + " may not be opened; ask for the right to read and write it";
      default -> "the host refuses: " + e.getMessage();
    };
  }

  private static ConfigException refused(VsockConfig config, LinuxException e) {
    Spelling asked = config.asked();
    return asked.refused(
        switch (e.errno()) {
          case Errno.EADDRINUSE ->
              "guest-cid %d is another guest's on this host; give another".formatted(config.cid());
          case Errno.EBADF ->
              "vhostfd " + config.descriptor() + " is not open; have the shell open it";
          case Errno.ENOTTY ->
              "vhostfd " + config.descriptor() + " is not " + Vhost.VSOCK + "; open that";
          case Errno.EBUSY ->
              "vhostfd " + config.descriptor() + " is in use already; open one for each device";
          default -> "the host refuses: " + e.getMessage();
        },
        e);
  }

  private VhostVsock(VhostDevice device, GuestMemory memory, EventLoop loop) {
    this.device = device;
    Running running = new Running(device);
    this.rings =
        List.of(
            new VhostRing(device, 0, memory, loop, running),
            new VhostRing(device, 1, memory, loop, running));
  }

  /** What the kernel can do. */
  public long features() {
    return device.features();
  }

  /** What carries packets to the guest. */
  public QueueCarrier receiver() {
    return rings.get(0);
  }

  /** What carries packets from the guest. */
  public QueueCarrier transmitter() {
    return rings.get(1);
  }

  /** After the guest's device has been reset. */
  @Override
  public void close() {
    device.close();
    rings.forEach(VhostRing::close);
  }

  /** The kernel runs when every ring is set up. */
  private static final class Running implements VhostRing.Work {

    private final VhostDevice device;
    private final BitSet ready = new BitSet();

    Running(VhostDevice device) {
      this.device = device;
    }

    @Override
    public long features(long negotiated) {
      return negotiated;
    }

    @Override
    public void begin(int ring) {
      ready.set(ring);
      if (ready.cardinality() == RINGS) {
        int result = device.vhost().trySetRunning(true);
        if (result < 0) {
          ready.clear(ring);
        }
        device.check(result, "VHOST_VSOCK_SET_RUNNING");
      }
    }

    @Override
    public void end(int ring) {
      if (ready.cardinality() == RINGS) {
        device.vhost().trySetRunning(false);
      }
      ready.clear(ring);
    }
  }
}

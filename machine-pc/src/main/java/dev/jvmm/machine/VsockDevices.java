package dev.jvmm.machine;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.machine.catalog.VsockTypes;
import dev.jvmm.vhost.UnixVsock;
import dev.jvmm.vhost.VhostVsock;
import dev.jvmm.vhost.VsockConfig;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.vsock.KernelVsock;
import dev.jvmm.virtio.vsock.VirtioVsock;

/**
 * Makes the devices for sockets between guest and host, by the host's kernel or by UNIX sockets.
 *
 * <p>Thread: used by one thread, before the machine runs and once its devices are drained.
 */
final class VsockDevices implements AutoCloseable {

  private final GuestMemory memory;
  private final EventLoop loop;
  private final Undo open = new Undo();

  VsockDevices(GuestMemory memory, EventLoop loop) {
    this.memory = memory;
    this.loop = loop;
  }

  /** Makes one, to be worked on by the loop. */
  DeviceModel make(DeviceProperties properties) {
    Spelling asked = new Spelling("device", properties.spelled());
    if (properties.text(VsockTypes.CID) == null) {
      throw asked.refused("guest-cid is missing; give one that no other guest has, 3 or more");
    }
    long cid = properties.longNumber(VsockTypes.CID, 0);
    boolean given = properties.text(VsockTypes.VHOST_FD) != null;
    Integer descriptor = given ? properties.number(VsockTypes.VHOST_FD, 0) : null;
    VsockConfig config = new VsockConfig(cid, descriptor, asked);
    boolean byKernel = properties.type().property(VsockTypes.SOCKET) == null;
    return byKernel ? byKernel(config) : byUnixSockets(config, properties);
  }

  private DeviceModel byKernel(VsockConfig config) {
    VhostVsock vsock = VhostVsock.open(config, memory, loop);
    open.add(vsock::close);
    KernelVsock.Kernel kernel =
        new KernelVsock.Kernel(vsock.features(), vsock.receiver(), vsock.transmitter());
    return new KernelVsock(config.cid(), kernel);
  }

  private DeviceModel byUnixSockets(VsockConfig config, DeviceProperties properties) {
    String path = properties.text(VsockTypes.SOCKET);
    if (path == null || path.isEmpty()) {
      throw config.asked().refused("socket is missing; give the name of a UNIX socket to be made");
    }
    UnixVsock vsock = UnixVsock.open(path, loop, config.asked());
    open.add(vsock::close);
    return new VirtioVsock(config.cid(), vsock);
  }

  /** What they have on the host. */
  @Override
  public void close() {
    open.close();
  }
}

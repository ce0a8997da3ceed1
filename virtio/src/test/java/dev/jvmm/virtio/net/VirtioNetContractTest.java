package dev.jvmm.virtio.net;

import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.VirtioDeviceContract;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;

/** What the network device has in common with every other. */
class VirtioNetContractTest extends VirtioDeviceContract {

  @Override
  protected DeviceModel model() {
    MemoryNetwork network = new MemoryNetwork(1);
    network.lines.getFirst().endless = 100;
    return new VirtioNet(NetConfig.of(NetGuest.MAC), network);
  }

  /** A buffer that the next of endless frames fills. */
  @Override
  protected void request(DriverSide queue) {
    queue.add(Piece.writable(0x8000, 2048));
  }
}

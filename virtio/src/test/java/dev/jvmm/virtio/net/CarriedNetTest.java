package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.device.FakeCarrier;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.device.QueueCarrier;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A network card whose frames somebody else moves. */
class CarriedNetTest {

  private static final int PAIRS = 2;
  private static final int CONTROL = 2 * PAIRS;
  private static final long LOG_ALL = 1L << 26; // the kernel's own

  private final Kernel kernel = new Kernel();
  private final VirtioNet model =
      new VirtioNet(
          new NetConfig(NetGuest.MAC, NetFeatures.USUAL, PAIRS, NetConfig.Link.DEFAULT, 256, 256),
          kernel);
  private final GuestDriver driver = new GuestDriver(model);

  private static final class Kernel implements CarriedBackend {

    private final List<FakeCarrier> carriers = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private long features = -1;

    Kernel() {
      for (int i = 0; i < 2 * PAIRS; i++) {
        carriers.add(new FakeCarrier());
      }
    }

    @Override
    public long carried(long wanted) {
      return wanted & features;
    }

    @Override
    public QueueCarrier receiver(int pair) {
      return carriers.get(2 * pair);
    }

    @Override
    public QueueCarrier transmitter(int pair) {
      return carriers.get(2 * pair + 1);
    }

    @Override
    public void link(boolean up) {
      told.add("link " + up);
    }

    @Override
    public int maxPairs() {
      return PAIRS;
    }

    @Override
    public long offloads() {
      return NetFeatures.GUEST_OFFLOADS | NetFeatures.HOST_OFFLOADS;
    }

    @Override
    public void begin(int headerBytes, long guestOffloads) {
      told.add("begin " + headerBytes);
    }

    @Override
    public void guestOffloads(long offloads) {
      told.add("offloads");
    }

    @Override
    public void activePairs(int count) {
      told.add("pairs " + count);
    }

    @Override
    public NetQueue queue(int pair) {
      throw new AssertionError("nobody moves frames here");
    }
  }

  private void bringUp(long without, int... queues) {
    driver.negotiate(driver.offered() & ~without);
    for (int queue : queues) {
      driver.enable(queue);
    }
    driver.driverOk();
    driver.runner.runUntilIdle();
  }

  /** Makes a command, of which nobody has been notified. */
  private void command(DriverSide control, byte... request) {
    driver.memory.write(GuestDriver.DATA, request);
    control.add(
        Piece.readable(GuestDriver.DATA, request.length), Piece.writable(GuestDriver.DATA + 64, 1));
    control.publish();
    driver.memory.write(GuestDriver.DATA + 64, new byte[] {-1});
  }

  private byte answer() {
    byte[] answer = new byte[1];
    driver.memory.read(GuestDriver.DATA + 64, answer);
    return answer[0];
  }

  @Test
  void pairs_areCarriedOnceTheNetworkHasBegun() {
    bringUp(0, 0, 1, 2, 3, CONTROL);
    assertThat(kernel.told).containsExactly("begin 12");
    for (FakeCarrier carrier : kernel.carriers) {
      assertThat(carrier.told).containsExactly("start 0");
      assertThat(carrier.features & NetFeatures.MRG_RXBUF).isNotZero();
      assertThat(carrier.features & LOG_ALL).isZero();
    }
    assertThat(model.carrier(CONTROL)).isNull();
    driver.device.reset();
    assertThat(kernel.carriers).allMatch(carrier -> carrier.queue == null);
  }

  @Test
  void controlQueue_isOurs() {
    driver.negotiate(driver.offered());
    driver.enable(0);
    DriverSide control = driver.enable(CONTROL);
    driver.driverOk();
    driver.runner.runUntilIdle();
    command(control, (byte) 4, (byte) 0, (byte) 2, (byte) 0); // MQ: two pairs
    driver.device.notifyQueue(CONTROL);
    driver.runner.runUntilIdle();
    assertThat(answer()).isZero();
    assertThat(kernel.told).containsExactly("begin 12", "pairs 2");
  }

  /** Its place is another queue's then, whose notifications the carrier gets. */
  @Test
  void controlQueueOfADriverWithoutPairs_isOursToo() {
    driver.negotiate(driver.offered() & ~NetFeatures.MQ);
    driver.enable(0);
    driver.enable(1);
    DriverSide control = driver.enable(2);
    driver.driverOk();
    driver.runner.runUntilIdle();
    command(control, (byte) 0, (byte) 0, (byte) 0); // not promiscuous
    kernel.carriers.get(2).kick().signal();
    driver.runner.runUntilIdle();
    assertThat(answer()).isZero();
    assertThat(kernel.carriers.get(2).told).isEmpty();
    assertThat(kernel.carriers.get(0).told).containsExactly("start 0");
    driver.device.reset();
    assertThat(kernel.carriers.get(2).listener).isNull();
  }

  @Test
  void features_areThoseOfTheKernelToo() {
    kernel.features = ~(NetFeatures.MRG_RXBUF | Features.EVENT_IDX);
    assertThat(model.features() & NetFeatures.MRG_RXBUF).isZero();
    assertThat(model.features() & NetFeatures.CTRL_VQ).isNotZero();
    assertThat(model.carried(Features.USUAL)).isEqualTo(Features.USUAL & ~Features.EVENT_IDX);
  }

  @Test
  void link_isTheKernelsMatterToo() {
    model.link(false);
    model.link(false);
    model.link(true);
    assertThat(kernel.told).containsExactly("link false", "link true");
  }
}

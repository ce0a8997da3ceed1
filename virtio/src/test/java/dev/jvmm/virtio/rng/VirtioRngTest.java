package dev.jvmm.virtio.rng;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.device.VirtioDeviceContract;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class VirtioRngTest extends VirtioDeviceContract {

  private static final EntropySource SEVENS =
      (bytes, length, ready) -> {
        Arrays.fill(bytes, 0, length, (byte) 7);
        return length;
      };

  private final ManualClock clock = new ManualClock();

  @Override
  protected DeviceModel model() {
    return new VirtioRng(RngConfig.UNLIMITED, SEVENS, clock);
  }

  @Override
  protected void request(DriverSide queue) {
    queue.add(Piece.writable(GuestDriver.DATA, 8));
  }

  @Test
  void request_isFilledFromTheSource() {
    GuestDriver driver = new GuestDriver(model());
    DriverSide queue = driver.bringUp();
    queue.add(Piece.writable(GuestDriver.DATA, 2), Piece.writable(GuestDriver.DATA + 0x10, 1));
    serve(driver, queue);

    byte[] bytes = new byte[3];
    assertThat(queue.take()).isEqualTo(new Used(0, 3));
    driver.memory.read(GuestDriver.DATA, bytes);
    assertThat(bytes).containsExactly(7, 7, 0);
    driver.memory.read(GuestDriver.DATA + 0x10, bytes);
    assertThat(bytes).containsExactly(7, 0, 0);
  }

  @Test
  void hugeRequest_getsAPage() {
    GuestDriver driver = new GuestDriver(model());
    DriverSide queue = driver.bringUp();
    queue.add(Piece.writable(0x2_0000, 0x8_0000));
    serve(driver, queue);

    assertThat(queue.take()).isEqualTo(new Used(0, 4096));
  }

  @Test
  void limit_letsTheRestWaitForTheNextPeriod() {
    GuestDriver driver = new GuestDriver(new VirtioRng(new RngConfig(10, 1000), SEVENS, clock));
    DriverSide queue = driver.bringUp();
    queue.add(Piece.writable(GuestDriver.DATA, 8));
    queue.add(Piece.writable(GuestDriver.DATA, 8));
    queue.add(Piece.writable(GuestDriver.DATA, 8));
    serve(driver, queue);

    assertThat(queue.take()).isEqualTo(new Used(0, 8));
    assertThat(queue.take()).isEqualTo(new Used(1, 2));
    assertThat(queue.take()).isNull();
    clock.advance(1_000_000_000L);
    driver.runner.runUntilIdle();
    assertThat(queue.take()).isEqualTo(new Used(2, 8));
  }

  @Test
  void sourceThatHasNothing_keepsTheRequestUntilItHas() {
    AtomicInteger stock = new AtomicInteger();
    AtomicReference<Runnable> ready = new AtomicReference<>(() -> {});
    EntropySource slow =
        (bytes, length, whenReady) -> {
          ready.set(whenReady);
          return Math.min(stock.getAndSet(0), length);
        };
    GuestDriver driver = new GuestDriver(new VirtioRng(RngConfig.UNLIMITED, slow, clock));
    DriverSide queue = driver.bringUp();
    queue.add(Piece.writable(GuestDriver.DATA, 8));
    serve(driver, queue);
    assertThat(queue.take()).isNull();

    stock.set(3);
    ready.get().run();
    driver.runner.runUntilIdle();
    assertThat(queue.take()).isEqualTo(new Used(0, 3));
  }

  @Test
  void driverThatResetsWhileThereIsNothing_leavesOneThatWaits() {
    Set<Runnable> waiting = new HashSet<>();
    EntropySource dry =
        (bytes, length, whenReady) -> {
          waiting.add(whenReady);
          return 0;
        };
    GuestDriver driver = new GuestDriver(new VirtioRng(RngConfig.UNLIMITED, dry, clock));
    for (int i = 0; i < 10; i++) {
      DriverSide queue = driver.bringUp();
      queue.add(Piece.writable(GuestDriver.DATA, 8));
      serve(driver, queue);
      driver.device.status(0);
    }
    assertThat(waiting).hasSize(1);
  }

  @Test
  void requestWithoutRoom_goesBackEmpty() {
    GuestDriver driver = new GuestDriver(model());
    DriverSide queue = driver.bringUp();
    queue.add(Piece.readable(GuestDriver.DATA, 8));
    serve(driver, queue);

    assertThat(queue.take()).isEqualTo(new Used(0, 0));
  }

  @Test
  void config_refusesALimitOfNothing() {
    assertThatThrownBy(() -> new RngConfig(0, 1)).isInstanceOf(ConfigException.class);
    assertThatThrownBy(() -> new RngConfig(1, 0)).isInstanceOf(ConfigException.class);
  }

  private static void serve(GuestDriver driver, DriverSide queue) {
    queue.publish();
    driver.device.notifyQueue(0);
    driver.runner.runUntilIdle();
  }
}

package dev.jvmm.virtio.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.virtio.queue.QueueLimits;
import dev.jvmm.virtio.queue.QueueListener;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A device one of whose queues is carried, as its driver goes through its life. */
class CarriedWorkerTest {

  private final FakeCarrier carrier = new FakeCarrier();
  private final Model model = new Model();
  private final GuestDriver driver = new GuestDriver(model);

  /** Its first queue is carried, its second never begun. */
  private final class Model implements CarriedModel {

    private int begun;
    private @Nullable SplitVirtqueue carried;

    @Override
    public int deviceId() {
      return 63;
    }

    @Override
    public long features() {
      return 0;
    }

    @Override
    public List<QueueLimits> queues() {
      return List.of(new QueueLimits(16, 1 << 20));
    }

    @Override
    public ConfigSpace config() {
      return ConfigSpace.EMPTY;
    }

    @Override
    public @Nullable QueueCarrier carrier(int index) {
      return carrier;
    }

    @Override
    public long carried(long features) {
      return features;
    }

    @Override
    public Run start(long features) {
      return (index, queue, wake) -> worker(queue, features);
    }
  }

  private CarriedWorker worker(SplitVirtqueue queue, long features) {
    model.carried = queue;
    return new CarriedWorker(carrier, queue, features, () -> model.begun++);
  }

  private QueueListener listener() {
    return Objects.requireNonNull(carrier.queue).listener();
  }

  @Test
  void queue_isHandedOverOnTheRunnersThread() {
    driver.bringUp();
    assertThat(carrier.told).isEmpty();
    driver.runner.runUntilIdle();
    assertThat(model.begun).isEqualTo(1);
    assertThat(carrier.told).containsExactly("start 0");
    assertThat(carrier.features).isEqualTo(driver.offered());
    SplitVirtqueue.HandOver queue = Objects.requireNonNull(carrier.queue);
    assertThat(queue.rings().size()).isEqualTo(16);
    assertThat(queue.rings().descriptors().address())
        .isEqualTo(driver.memory.regions().get(0).memory().address() + GuestDriver.RINGS);
    assertThat(carrier.kicks).isEqualTo(1); // for what is in it already
  }

  @Test
  void notification_thatReachesUsIsPassedOn() {
    driver.bringUp();
    driver.runner.runUntilIdle();
    driver.device.notifyQueue(0);
    driver.runner.runUntilIdle();
    assertThat(carrier.kicks).isEqualTo(2);
    assertThat(carrier.told).hasSize(1);
  }

  @Test
  void interrupt_ofTheCarriersIsTheDrivers() {
    driver.bringUp();
    driver.runner.runUntilIdle();
    listener().interrupt();
    assertThat(driver.usedInterrupts).isEqualTo(1);
  }

  @Test
  void reset_isDoneWhenTheCarrierHasStoppedAndTheNextDriverStartsAnew() {
    driver.bringUp();
    driver.runner.runUntilIdle();
    carrier.next = 7;
    driver.device.status(0);
    assertThat(carrier.told).containsExactly("start 0", "stop");
    assertThat(driver.device.status()).isZero();
    driver.bringUp();
    driver.runner.runUntilIdle();
    assertThat(carrier.told).containsExactly("start 0", "stop", "start 0");
  }

  /** As after a pause, of which the driver knows nothing: the base is the kernel's last. */
  @Test
  void queueThatIsTakenBack_isCarriedOnWhereTheCarrierCameTo() {
    driver.bringUp();
    driver.runner.runUntilIdle();
    CarriedWorker worker = worker(Objects.requireNonNull(model.carried), 0);
    worker.runOnce();
    carrier.next = 0x1_0007; // 16 bits count
    worker.drain(() -> {});
    worker(Objects.requireNonNull(model.carried), 0).runOnce();
    assertThat(carrier.told).containsExactly("start 0", "start 0", "stop", "start 7");
  }

  @Test
  void queueReset_stopsAndEnablingStartsAgain() {
    driver.bringUp();
    driver.runner.runUntilIdle();
    driver.device.resetQueue(0);
    assertThat(carrier.queue).isNull();
    assertThat(driver.device.queueResetting(0)).isFalse();
    driver.enable(0);
    driver.runner.runUntilIdle();
    assertThat(carrier.told).containsExactly("start 0", "stop", "start 0");
  }

  @Test
  void resetBeforeTheFirstRun_startsNothing() {
    driver.bringUp();
    driver.device.status(0);
    driver.runner.runUntilIdle();
    assertThat(carrier.told).isEmpty();
    assertThat(carrier.kicks).isZero();
  }

  @Test
  void queueThatCantBeCarried_needsAReset() {
    carrier.refuses = true;
    driver.bringUp();
    driver.runner.runUntilIdle();
    assertThat(driver.device.status() & DeviceStatus.NEEDS_RESET).isNotZero();
    driver.device.notifyQueue(0);
    driver.runner.runUntilIdle();
    assertThat(carrier.kicks).isZero();
    driver.device.status(0);
    assertThat(carrier.told).isEmpty();
    assertThat(driver.device.status()).isZero();
  }

  @Test
  void ringThatTheCarrierFindsBroken_needsAReset() {
    driver.bringUp();
    driver.runner.runUntilIdle();
    listener().broken();
    assertThat(driver.device.status() & DeviceStatus.NEEDS_RESET).isNotZero();
    driver.device.status(0);
    assertThat(carrier.told).containsExactly("start 0", "stop");
  }

  @Test
  void kickedWorker_runsForTheCarriersKicksUntilItDrains() {
    int[] ran = new int[2];
    QueueWorker worker =
        new QueueWorker() {
          @Override
          public int runOnce() {
            ran[0]++;
            return 0;
          }

          @Override
          public void drain(Runnable drained) {
            drained.run();
          }
        };
    KickedWorker kicked = new KickedWorker(worker, carrier, () -> ran[1]++);
    kicked.runOnce();
    carrier.kick().signal();
    assertThat(ran).containsExactly(1, 1);
    kicked.drain(() -> ran[0] = 100);
    carrier.kick().signal();
    assertThat(ran).containsExactly(100, 1);
  }
}

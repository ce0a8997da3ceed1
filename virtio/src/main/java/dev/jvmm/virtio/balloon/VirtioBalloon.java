package dev.jvmm.virtio.balloon;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.Balloon;
import dev.jvmm.core.vm.BalloonStatistics;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.virtio.device.ChainWorker;
import dev.jvmm.virtio.device.ConfigSpace;
import dev.jvmm.virtio.device.DeviceModel;
import dev.jvmm.virtio.queue.QueueLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The memory balloon (virtio 1.2, 5.5): takes memory from the guest for the host, as much as it is
 * told to, and gives it back. With free page reporting the guest's free pages go back to the host
 * without being asked for.
 *
 * <p>The reporting queue is number 3, behind the statistics, where Linux and QEMU have it as long
 * as there is no queue of hints.
 *
 * <p>Not emulated: MUST_TELL_HOST, since the host needs not be told; FREE_PAGE_HINT, which is for
 * migration.
 *
 * <p>Thread: {@link Balloon} is safe; workers are confined to their runner.
 */
public final class VirtioBalloon implements DeviceModel, Balloon {

  private static final int DEVICE_ID = 5;

  private static final long F_STATS_VQ = 1 << 1;
  private static final long F_DEFLATE_ON_OOM = 1 << 2;
  private static final long F_PAGE_POISON = 1 << 4;
  private static final long F_PAGE_REPORTING = 1 << 5;

  private static final int INFLATE = 0;
  private static final int DEFLATE = 1;
  private static final int STATISTICS = 2;
  private static final int QUEUE_SIZE = 128;

  /** Lists a run: the other devices of the event loop want their turn. */
  private static final int DEFLATE_BATCH = 32;

  /** 1024 page numbers; the attack that it stops: a list that keeps the loop busy for seconds. */
  private static final int MAX_LIST_BYTES = 4096;

  /** Linux reports 32 pieces of 2 or 4 MiB at once; nothing is kept of them. */
  private static final int MAX_REPORT_BYTES = 1 << 30;

  private final BalloonConfig config;
  private final GuestMemory memory;
  private final Clock clock;
  private final BalloonSpace space = new BalloonSpace();
  private volatile Consumer<Runnable> changeConfig = Runnable::run;
  private volatile Runnable wakeStatistics = () -> {};
  private volatile int pollingSeconds;
  private volatile BalloonStatistics statistics = BalloonStatistics.NONE;

  /**
   * A balloon that holds nothing.
   *
   * @param memory what it takes and gives
   * @param clock measures the interval of the statistics
   */
  public VirtioBalloon(BalloonConfig config, GuestMemory memory, Clock clock) {
    this.config = config;
    this.memory = memory;
    this.clock = clock;
    this.pollingSeconds = config.pollingSeconds();
  }

  /** Says how a change of the configuration is made: {@code VirtioDevice::changeConfig}. */
  public void configChanges(Consumer<Runnable> newChangeConfig) {
    changeConfig = newChangeConfig;
  }

  @Override
  public void target(long bytes) {
    if (bytes <= 0) {
      throw new ConfigException("balloon", bytes + ": give how much memory the guest keeps");
    }
    long taken = Math.max(0, memory.sizeBytes() - bytes);
    int pages = (int) (taken >> Inflation.PAGE_SHIFT);
    changeConfig.accept(() -> space.numPages(pages));
  }

  @Override
  public long actualBytes() {
    return Math.max(0, memory.sizeBytes() - (space.actual() << Inflation.PAGE_SHIFT));
  }

  @Override
  public BalloonStatistics statistics() {
    return statistics;
  }

  @Override
  public void pollingInterval(int seconds) {
    if (seconds < 0) {
      throw new ConfigException(
          "guest-stats-polling-interval", seconds + ": give seconds, 0 for never");
    }
    pollingSeconds = seconds;
    wakeStatistics.run();
  }

  @Override
  public int deviceId() {
    return DEVICE_ID;
  }

  @Override
  public long features() {
    return F_STATS_VQ
        | (config.deflateOnOom() ? F_DEFLATE_ON_OOM : 0)
        | (config.freePageReporting() ? F_PAGE_POISON | F_PAGE_REPORTING : 0);
  }

  @Override
  public List<QueueLimits> queues() {
    QueueLimits list = new QueueLimits(QUEUE_SIZE, MAX_LIST_BYTES);
    List<QueueLimits> queues = new ArrayList<>(List.of(list, list, list));
    if (config.freePageReporting()) {
      queues.add(new QueueLimits(QUEUE_SIZE, MAX_REPORT_BYTES));
    }
    return queues;
  }

  @Override
  public ConfigSpace config() {
    return space;
  }

  @Override
  public Run start(long features) {
    return (index, queue, wake) ->
        switch (index) {
          case INFLATE -> new ChainWorker(queue, Inflation.BATCH, new Inflation(memory));
          // Nothing to do: the host gives a page its memory when it is touched.
          case DEFLATE -> new ChainWorker(queue, DEFLATE_BATCH, list -> 0);
          case STATISTICS -> {
            wakeStatistics = wake;
            yield new StatisticsWorker(
                queue, () -> pollingSeconds, taken -> statistics = taken, clock, wake);
          }
          default -> new ChainWorker(queue, Reporting.BATCH, new Reporting(memory, space));
        };
  }
}

package dev.jvmm.virtio.balloon;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.vm.BalloonStatistics;
import dev.jvmm.virtio.device.QueueWorker;
import dev.jvmm.virtio.queue.DescriptorChain;
import dev.jvmm.virtio.queue.ReadableSlices;
import dev.jvmm.virtio.queue.SplitVirtqueue;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The statistics queue (virtio 1.2, 5.5.6.3): the driver's one buffer, which is the device's until
 * it wants to know more, and comes back with newer figures.
 *
 * <p>Thread: confined to its runner; its timer only wakes that.
 */
final class StatisticsWorker implements QueueWorker {

  /** Entries of a buffer; the attack that it stops: a list without end, which we would keep. */
  private static final int MAX_ENTRIES = 64;

  private static final int ENTRY_BYTES = 10;
  private static final BalloonStatistics.Kind[] KINDS = BalloonStatistics.Kind.values();

  private final SplitVirtqueue queue;
  private final IntSupplier pollingSeconds;
  private final Consumer<BalloonStatistics> sink;
  private final Clock clock;
  private final Clock.Timer timer;
  private final byte[] bytes = new byte[MAX_ENTRIES * ENTRY_BYTES];
  private @Nullable DescriptorChain chain;
  private int armedSeconds; // 0: not armed
  private long dueNanos;

  /**
   * A queue at its start.
   *
   * @param pollingSeconds how often to ask; 0 is never; a change comes with {@code wake}
   * @param sink takes what the guest says
   */
  StatisticsWorker(
      SplitVirtqueue queue,
      IntSupplier pollingSeconds,
      Consumer<BalloonStatistics> sink,
      Clock clock,
      Runnable wake) {
    this.queue = queue;
    this.pollingSeconds = pollingSeconds;
    this.sink = sink;
    this.clock = clock;
    this.timer = clock.newTimer(wake);
  }

  @Override
  public int runOnce() {
    queue.suppressNotifications();
    takeBuffer();
    int seconds = pollingSeconds.getAsInt();
    if (seconds != armedSeconds) {
      arm(seconds);
    } else if (seconds != 0 && clock.nanos() - dueNanos >= 0) {
      giveBack();
      arm(seconds);
    }
    queue.flush();
    boolean more = queue.allowNotifications();
    return more && chain == null ? 1 : 0; // a second buffer waits until the first has gone back
  }

  private void takeBuffer() {
    if (chain != null) {
      return;
    }
    DescriptorChain next = queue.poll();
    if (next != null) {
      chain = next;
      sink.accept(read(next.readable()));
    }
  }

  /** Asks for the next figures, where the driver has left us its buffer. */
  private void giveBack() {
    DescriptorChain buffer = chain;
    if (buffer != null) {
      chain = null;
      queue.complete(buffer, 0);
    }
  }

  private void arm(int seconds) {
    armedSeconds = seconds;
    if (seconds == 0) {
      timer.disarm();
    } else {
      dueNanos = clock.nanos() + TimeUnit.SECONDS.toNanos(seconds);
      timer.arm(dueNanos);
    }
  }

  private BalloonStatistics read(ReadableSlices list) {
    int count = Math.min(list.sizeBytes() / ENTRY_BYTES, MAX_ENTRIES);
    list.read(0, bytes, count * ENTRY_BYTES);
    Map<BalloonStatistics.Kind, Long> values = new EnumMap<>(BalloonStatistics.Kind.class);
    for (int i = 0; i < count; i++) {
      int tag = (int) number(i * ENTRY_BYTES, 2);
      if (tag < KINDS.length) { // others are newer than we are
        values.put(KINDS[tag], number(i * ENTRY_BYTES + 2, 8));
      }
    }
    return new BalloonStatistics(System.currentTimeMillis(), values);
  }

  private long number(int at, int size) {
    long value = 0;
    for (int i = size - 1; i >= 0; i--) {
      value = value << 8 | (bytes[at + i] & 0xFF);
    }
    return value;
  }

  @Override
  public void drain(Runnable drained) {
    timer.close();
    chain = null;
    drained.run();
  }
}

package dev.jvmm.block;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.block.ThrottleConfig.Limit;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.MonotonicClock;
import dev.jvmm.linux.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class ThrottledBackendTest extends BlockBackendContract {

  private static final long MILLI = 1_000_000;

  private final ManualClock clock = new ManualClock();
  private final List<Integer> outcomes = new ArrayList<>();

  @Override
  BlockBackend open() {
    return throttled(ThrottleConfig.ofTotals(Limit.NONE, Limit.NONE));
  }

  private BlockBackend throttled(ThrottleConfig config) {
    return throttled(new ThrottleGroup(config, clock.nanos()));
  }

  private BlockBackend throttled(ThrottleGroup group) {
    return new ThrottledBackend(new NullBackend(SIZE, false, loop), group, clock, loop);
  }

  private void submit(BlockBackend backend, int count, Consumer<BlockRequest> fill) {
    loop.invoke(
        () -> {
          for (int i = 0; i < count; i++) {
            BlockRequest request = new BlockRequest(1, (r, errno) -> outcomes.add(errno));
            fill.accept(request);
            backend.submit(request);
          }
        });
    settle();
  }

  /** Completions come by a task, which runs before one that is queued after it. */
  private void settle() {
    loop.invoke(() -> {});
    loop.invoke(() -> {});
  }

  private void advance(long nanos) {
    loop.invoke(() -> clock.advance(nanos));
    settle();
  }

  @Test
  void iops_letsSoManyGoASecond() {
    BlockBackend slow = throttled(ThrottleConfig.ofTotals(Limit.NONE, Limit.of(100)));
    submit(slow, 300, r -> r.read(0).addSegment(memory(512)));
    int atOnce = outcomes.size();
    advance(1000 * MILLI);

    assertThat(atOnce).isBetween(10, 12); // a tenth of a second's
    assertThat(outcomes.size() - atOnce).isBetween(99, 101);
    slow.close();
    assertThat(outcomes).hasSize(300).containsOnly(0);
  }

  @Test
  void bps_countsBytes() {
    BlockBackend slow = throttled(ThrottleConfig.ofTotals(Limit.of(409_600), Limit.NONE));
    submit(slow, 300, r -> r.write(0).addSegment(memory(4096)));
    int atOnce = outcomes.size();
    advance(1000 * MILLI);

    assertThat(outcomes.size() - atOnce).isBetween(99, 101);
    slow.close();
  }

  @Test
  void burst_isSpentAtItsRate_thenTheAverage() {
    BlockBackend slow = throttled(ThrottleConfig.ofTotals(Limit.NONE, new Limit(100, 1000, 2)));
    submit(slow, 5000, r -> r.discard(0, 512));
    advance(1000 * MILLI);
    int firstSecond = outcomes.size();
    advance(4000 * MILLI);
    int fiveSeconds = outcomes.size();
    advance(1000 * MILLI);

    assertThat(firstSecond).isBetween(1000, 1110);
    assertThat(fiveSeconds).isBetween(2400, 2600); // the burst of 2 s, and 5 s of the average
    assertThat(outcomes.size() - fiveSeconds).isBetween(99, 101);
    slow.close();
  }

  private void write(BlockBackend disk, int count, List<Integer> done) {
    loop.invoke(
        () -> {
          for (int i = 0; i < count; i++) {
            disk.submit(new BlockRequest(1, (r, errno) -> done.add(errno)).write(0));
          }
        });
    settle();
  }

  @Test
  void groupOfDisks_sharesTheLimitInEqualParts() {
    ThrottleGroup group =
        new ThrottleGroup(ThrottleConfig.ofTotals(Limit.NONE, Limit.of(100)), clock.nanos());
    BlockBackend one = throttled(group);
    BlockBackend other = throttled(group);
    List<Integer> ofOne = new ArrayList<>();
    List<Integer> ofOther = new ArrayList<>();
    write(one, 300, ofOne);
    write(other, 300, ofOther);
    assertThat(ofOne).hasSizeBetween(10, 12);
    assertThat(ofOther).isEmpty();
    ofOne.clear();
    for (int i = 0; i < 100; i++) {
      advance(10 * MILLI);
    }

    assertThat(ofOne).hasSizeBetween(49, 51);
    assertThat(ofOther).hasSizeBetween(49, 51);
    other.close(); // lets the rest of its own go, and the first has the limit for itself
    assertThat(ofOther).hasSize(300);
    ofOne.clear();
    advance(10_000 * MILLI);
    assertThat(ofOne).isNotEmpty();
    one.close();
    assertThat(one.inFlight()).isZero();
  }

  /** The first in the row has gone without its turn: the next must not wait for it. */
  @Test
  void diskThatGivesItsTurnUp_letsTheNextOneGo() {
    ThrottleGroup group =
        new ThrottleGroup(ThrottleConfig.ofTotals(Limit.NONE, Limit.of(10)), clock.nanos());
    BlockBackend one = throttled(group);
    BlockBackend other = throttled(group);
    List<BlockRequest> requests = new ArrayList<>();
    submit(one, 3, r -> requests.add(r.write(0)));
    List<Integer> ofOther = new ArrayList<>();
    write(other, 1, ofOther);
    assertThat(ofOther).isEmpty();
    loop.invoke(() -> requests.forEach(one::cancel));
    settle();
    advance(1000 * MILLI);

    assertThat(ofOther).containsExactly(0);
    one.close();
    other.close();
  }

  @Test
  void disksOfSeveralLoops_shareTheLimit() throws Exception {
    ThrottleGroup group =
        new ThrottleGroup(ThrottleConfig.ofTotals(Limit.NONE, Limit.of(1000)), System.nanoTime());
    CountDownLatch left = new CountDownLatch(300);
    try (EventLoop second = new EventLoop("second")) {
      long began = System.nanoTime();
      try (BlockBackend one = halfOf(left, group, loop);
          BlockBackend other = halfOf(left, group, second)) {
        assertThat(left.await(60, TimeUnit.SECONDS)).isTrue();
        assertThat(System.nanoTime() - began).isGreaterThanOrEqualTo(190 * MILLI);
        assertThat(one.capacityBytes()).isEqualTo(other.capacityBytes());
      }
    }
  }

  /** A disk of the group that has 150 requests to do. */
  private static BlockBackend halfOf(CountDownLatch left, ThrottleGroup group, EventLoop loop) {
    BlockBackend disk =
        new ThrottledBackend(
            new NullBackend(SIZE, false, loop), group, new MonotonicClock(loop), loop);
    loop.invoke(
        () -> {
          for (int i = 0; i < 150; i++) {
            disk.submit(new BlockRequest(1, (r, errno) -> left.countDown()).write(0));
          }
        });
    return disk;
  }

  @Test
  void flushAndTheOtherDirection_goBy() {
    BlockBackend slow =
        throttled(
            new ThrottleConfig(
                Limit.NONE, Limit.NONE, Limit.NONE, Limit.NONE, Limit.NONE, Limit.of(1), 0));
    submit(slow, 3, r -> r.write(0).addSegment(memory(512)));
    assertThat(outcomes).hasSize(1);
    submit(slow, 1, BlockRequest::flush);
    submit(slow, 1, r -> r.read(0).addSegment(memory(512)));
    assertThat(outcomes).hasSize(3);

    slow.drain(); // releases what waits
    assertThat(outcomes).hasSize(5);
    slow.close();
  }

  @Test
  void longRequests_countAsSeveral() {
    BlockBackend slow =
        throttled(
            new ThrottleConfig(
                Limit.NONE, Limit.NONE, Limit.NONE, Limit.of(100), Limit.NONE, Limit.NONE, 4096));
    submit(slow, 300, r -> r.read(0).addSegment(memory(16384)));
    int atOnce = outcomes.size();
    advance(1000 * MILLI);

    assertThat(outcomes.size() - atOnce).isBetween(24, 26);
    slow.close();
  }

  @Test
  void cancel_takesOutWhatWaits_andTheRestGoesOn() {
    BlockBackend slow = throttled(ThrottleConfig.ofTotals(Limit.NONE, Limit.of(10)));
    List<BlockRequest> requests = new ArrayList<>();
    submit(slow, 10, r -> requests.add(r.write(0)));
    int atOnce = outcomes.size();
    loop.invoke(
        () -> {
          slow.cancel(requests.get(9)); // the last, the first that waits, one between
          slow.cancel(requests.get(atOnce));
          slow.cancel(requests.get(5));
          slow.cancel(requests.getFirst().read(0)); // has gone
        });

    assertThat(outcomes).filteredOn(errno -> errno == Errno.ECANCELED).hasSize(3);
    advance(60_000 * MILLI);
    assertThat(outcomes).hasSize(10);
    assertThat(outcomes).filteredOn(errno -> errno == 0).hasSize(7);
    assertThat(slow.inFlight()).isZero();
    submit(slow, 1, r -> r.write(0)); // the row is whole
    advance(60_000 * MILLI);
    assertThat(outcomes).hasSize(11);
    slow.close();
  }

  @Test
  void numbersThatMakeNoSense_areSaid() {
    assertThatThrownBy(() -> new Limit(100, 50, 1)).hasMessageContaining("below the limit");
    assertThatThrownBy(() -> new Limit(0, 50, 1)).hasMessageContaining("needs the limit");
    assertThatThrownBy(() -> new Limit(10, 0, 2)).hasMessageContaining("needs a burst limit");
    assertThatThrownBy(
            () ->
                new ThrottleConfig(
                    Limit.of(1), Limit.of(1), Limit.NONE, Limit.NONE, Limit.NONE, Limit.NONE, 0))
        .hasMessage(
            "drive throttling: bps can't stand with bps_rd or bps_wr; give the total or the parts");
  }
}

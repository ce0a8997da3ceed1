package dev.jvmm.core.clock;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VmClockTest {

  private final ManualClock base = new ManualClock();
  private final VmClock clock = new VmClock(base);
  private final List<Long> expiries = new ArrayList<>();

  @Test
  void nanos_standWhileTheClockIsStopped() {
    base.advance(100);
    assertThat(clock.nanos()).isZero();
    clock.start();
    base.advance(10);
    clock.stop();
    base.advance(1000);
    assertThat(clock.nanos()).isEqualTo(10);
    clock.start();
    base.advance(5);
    assertThat(clock.nanos()).isEqualTo(15);
  }

  @Test
  void timer_waitsWithTheClock() {
    Clock.Timer timer = clock.newTimer(() -> expiries.add(clock.nanos()));
    clock.start();
    timer.arm(50);
    base.advance(20);
    clock.stop();
    base.advance(1000);
    assertThat(expiries).isEmpty();
    clock.start();
    base.advance(29);
    assertThat(expiries).isEmpty();
    base.advance(1);
    assertThat(expiries).containsExactly(50L);
  }

  @Test
  void timer_armedWhileStoppedRunsAfterTheStart() {
    clock.newTimer(() -> expiries.add(clock.nanos())).arm(7);
    base.advance(100);
    clock.start();
    base.advance(100);
    assertThat(expiries).containsExactly(7L);
  }

  @Test
  void disarm_takesItBack() {
    Clock.Timer timer = clock.newTimer(() -> expiries.add(clock.nanos()));
    clock.start();
    timer.arm(50);
    timer.disarm();
    base.advance(100);
    clock.stop();
    clock.start();
    base.advance(100);
    assertThat(expiries).isEmpty();
  }
}

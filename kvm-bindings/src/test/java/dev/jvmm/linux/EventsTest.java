package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** EventFd, TimerFd and Epoll, which are used together. */
class EventsTest {

  @Test
  void eventFd_countsSignals() {
    try (EventFd event = EventFd.create()) {
      assertThat(event.drain()).isZero();
      event.signal();
      event.signal();
      assertThat(event.drain()).isEqualTo(2);
      assertThat(event.drain()).isZero();
    }
  }

  @Test
  void epoll_reportsTokenAndEvents() {
    try (Epoll epoll = Epoll.create();
        EventFd quiet = EventFd.create();
        EventFd event = EventFd.create()) {
      epoll.add(quiet.fd(), Epoll.IN, 1);
      epoll.add(event.fd(), Epoll.IN, 0x1234_5678_9ABC_DEF0L);
      assertThat(epoll.await(0)).isZero();

      event.signal();

      assertThat(epoll.await(Epoll.INFINITE)).isEqualTo(1);
      assertThat(epoll.tokenAt(0)).isEqualTo(0x1234_5678_9ABC_DEF0L);
      assertThat(epoll.eventsAt(0)).isEqualTo(Epoll.IN);
    }
  }

  @Test
  void epoll_modifyAndRemove_count() {
    try (Epoll epoll = Epoll.create(1);
        EventFd event = EventFd.create()) {
      epoll.add(event.fd(), Epoll.IN, 1);
      epoll.modify(event.fd(), Epoll.OUT, 2);
      assertThat(epoll.await(0)).isEqualTo(1);
      assertThat(epoll.eventsAt(0)).isEqualTo(Epoll.OUT);
      assertThat(epoll.tokenAt(0)).isEqualTo(2);

      epoll.remove(event.fd());
      assertThat(epoll.await(0)).isZero();
      assertThatThrownBy(() -> epoll.remove(event.fd())).hasMessageContaining("ENOENT");
    }
  }

  @Test
  void epoll_moreEventsThanRoom_comeWithTheNextWait() {
    try (Epoll epoll = Epoll.create(1);
        EventFd first = EventFd.create();
        EventFd second = EventFd.create()) {
      epoll.add(first.fd(), Epoll.IN, 1);
      epoll.add(second.fd(), Epoll.IN, 2);
      first.signal();
      second.signal();

      assertThat(epoll.await(0)).isEqualTo(1);
      long token = epoll.tokenAt(0);
      assertThat(epoll.await(0)).isEqualTo(1);
      assertThat(epoll.tokenAt(0) + token).isEqualTo(3);
    }
  }

  /** Once C2 has compiled it: the interpreter and C1 make an object of each errno segment. */
  @Test
  void wait_allocatesNothing() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (Epoll epoll = Epoll.create();
        EventFd event = EventFd.create()) {
      epoll.add(event.fd(), Epoll.IN, 7);
      long allocated = Long.MAX_VALUE;
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (allocated != 0 && System.nanoTime() < deadline) {
        long before = threads.getCurrentThreadAllocatedBytes();
        long received = signalsReceived(epoll, event, 10_000);
        allocated = threads.getCurrentThreadAllocatedBytes() - before;
        assertThat(received).isEqualTo(70_000);
      }
      assertThat(allocated).isZero();
    }
  }

  private static long signalsReceived(Epoll epoll, EventFd event, int count) {
    long tokens = 0;
    for (int i = 0; i < count; i++) {
      event.signal();
      epoll.await(Epoll.INFINITE);
      tokens += epoll.tokenAt(0) * event.drain();
    }
    return tokens;
  }

  @Test
  void timer_firesNotBeforeItsTime() {
    try (TimerFd timer = TimerFd.create();
        Epoll epoll = Epoll.create()) {
      epoll.add(timer.fd(), Epoll.IN, 0);
      long start = System.nanoTime();
      timer.setRelative(TimeUnit.MILLISECONDS.toNanos(5));

      assertThat(epoll.await(10_000)).isEqualTo(1);

      assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(5_000_000);
      assertThat(timer.drain()).isEqualTo(1);
      assertThat(timer.drain()).isZero();
    }
  }

  @Test
  void timer_absolute_usesTheClockOfNanoTime() {
    try (TimerFd timer = TimerFd.create();
        Epoll epoll = Epoll.create()) {
      epoll.add(timer.fd(), Epoll.IN, 0);
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(5);
      timer.setAbsolute(deadline);

      assertThat(epoll.await(10_000)).isEqualTo(1);

      assertThat(System.nanoTime()).isGreaterThanOrEqualTo(deadline);
    }
  }

  @Test
  void timer_inThePast_firesAtOnce_disarmedNever() {
    try (TimerFd timer = TimerFd.create();
        Epoll epoll = Epoll.create()) {
      epoll.add(timer.fd(), Epoll.IN, 0);
      timer.setAbsolute(-5);
      assertThat(epoll.await(10_000)).isEqualTo(1);

      timer.setRelative(TimeUnit.HOURS.toNanos(1));
      timer.disarm();
      assertThat(epoll.await(0)).isZero();
      assertThat(timer.drain()).isZero();
    }
  }

  @Test
  void timer_periodic_countsTicks() {
    try (TimerFd timer = TimerFd.create();
        Epoll epoll = Epoll.create()) {
      epoll.add(timer.fd(), Epoll.IN, 0);
      timer.setPeriodic(1, 100_000);
      long ticks = 0;
      while (ticks < 10) {
        assertThat(epoll.await(10_000)).isEqualTo(1);
        ticks += timer.drain();
      }
      assertThat(ticks).isGreaterThanOrEqualTo(10);
    }
  }
}

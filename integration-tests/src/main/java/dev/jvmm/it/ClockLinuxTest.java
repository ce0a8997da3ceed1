package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.Guest;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The guest's time: where it starts, what ticks, what rings, and what a pause does to it. */
@Tag("linux")
@FirstLevel(seconds = 25)
class ClockLinuxTest {

  private static final String RTC_INTERRUPTS =
      "awk '/rtc0/ {n += $2} END {print n+0}' /proc/interrupts";

  @Test
  void clocks_tellTheTime() {
    try (Guest guest = Guest.boot(Guest.pc())) {
      assertThat(guest.run("cat /sys/devices/system/clocksource/clocksource0/current_clocksource"))
          .isEqualTo("kvm-clock");
      checkTime(guest, "date +%s");
      checkTime(guest, "cat /sys/class/rtc/rtc0/since_epoch");

      // The alarm: the clock's own interrupt, at the second asked for.
      int before = Integer.parseInt(guest.run(RTC_INTERRUPTS));
      guest.run("echo +2 >/sys/class/rtc/rtc0/wakealarm; sleep 3");
      assertThat(Integer.parseInt(guest.run(RTC_INTERRUPTS))).isGreaterThan(before);
      guest.powerOff();
    }
  }

  private static void checkTime(Guest guest, String command) {
    Instant before = Instant.now();
    Instant told = Instant.ofEpochSecond(Long.parseLong(guest.run(command)));
    assertThat(told).isBetween(before.minusSeconds(2), Instant.now().plusSeconds(2));
  }

  @Test
  void base_isWhatTheGuestStartsWith() {
    try (Guest guest = Guest.boot(Guest.pc().rtc("base=2031-05-04T03:02:01"))) {
      assertThat(guest.run("date -u +%Y-%m-%dT%H:%M"))
          .isBetween("2031-05-04T03:02", "2031-05-04T03:04");
      guest.powerOff();
    }
  }

  /** As a guest of QEMU: its time stands still meanwhile, and it does not know. */
  @Test
  void pause_isNoTimeToTheGuest() throws InterruptedException {
    Duration pause = Duration.ofSeconds(3);
    try (Guest guest = Guest.boot(Guest.pc().cpus(2))) {
      double uptime = uptime(guest);
      long begun = System.nanoTime();
      guest.vm().pause();
      Thread.sleep(pause); // the pause is the subject
      guest.vm().resume();
      double passed = uptime(guest) - uptime;
      double reallyPassed = (System.nanoTime() - begun) / 1e9;
      assertThat(passed).isBetween(0.0, reallyPassed - pause.toSeconds() + 0.5);
      assertThat(
              guest.run("sleep 1; dmesg | grep -iE 'lockup|stall|clocksource.*unstable' || true"))
          .isEmpty();
      guest.powerOff();
    }
  }

  private static double uptime(Guest guest) {
    return Double.parseDouble(guest.run("cut -d' ' -f1 /proc/uptime"));
  }
}

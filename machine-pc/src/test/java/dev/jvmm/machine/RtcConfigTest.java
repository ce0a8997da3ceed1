package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import java.time.LocalDateTime;
import org.junit.jupiter.api.Test;

class RtcConfigTest {

  @Test
  void base_takesWhatQemuTakes() {
    assertThat(RtcConfig.parseBase("utc")).isEqualTo(new RtcConfig.Utc());
    assertThat(RtcConfig.parseBase("localtime")).isInstanceOf(RtcConfig.LocalTime.class);
    assertThat(RtcConfig.parseBase("2006-06-17"))
        .isEqualTo(new RtcConfig.Date(LocalDateTime.of(2006, 6, 17, 0, 0)));
    assertThat(RtcConfig.parseBase("2006-06-17T16:01:21"))
        .isEqualTo(new RtcConfig.Date(LocalDateTime.of(2006, 6, 17, 16, 1, 21)));
  }

  @Test
  void base_refusesAnythingElseInOneSentence() {
    assertThatThrownBy(() -> RtcConfig.parseBase("tomorrow"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("rtc base=tomorrow: give utc, localtime or a date such as 2030-01-31T12:00:00");
  }

  @Test
  void clock_isTheHostsOrTheMachines() {
    assertThat(RtcConfig.parseClock("vm")).isEqualTo(RtcConfig.Source.VM);
    assertThat(RtcConfig.parseClock("host")).isEqualTo(RtcConfig.Source.HOST);
    assertThatThrownBy(() -> RtcConfig.parseClock("sun"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("rtc clock=sun: give host or vm");
  }
}

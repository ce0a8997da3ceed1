package dev.jvmm.machine;

import dev.jvmm.core.vm.ConfigException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;

/**
 * What the real-time clock says at power-on and what moves it on ({@code -rtc}).
 *
 * <p>Thread: immutable.
 *
 * @param base what it says at power-on
 * @param clock what moves it on
 */
public record RtcConfig(Base base, Source clock) {

  /** Universal time, moved on by the host's clock: what Linux expects. */
  public static final RtcConfig DEFAULT = new RtcConfig(new Utc(), Source.HOST);

  /** What the clock says at power-on. */
  public sealed interface Base permits Utc, LocalTime, Date {

    /**
     * What a clock that shows UTC would show so many seconds after 1970 began.
     *
     * @param now the host's time
     */
    long epochSecond(Instant now);
  }

  /** The host's time in UTC. */
  public record Utc() implements Base {

    @Override
    public long epochSecond(Instant now) {
      return now.getEpochSecond();
    }
  }

  /**
   * The host's time in a zone.
   *
   * @param zone whose offset at power-on stays
   */
  public record LocalTime(ZoneId zone) implements Base {

    @Override
    public long epochSecond(Instant now) {
      return now.getEpochSecond() + zone.getRules().getOffset(now).getTotalSeconds();
    }
  }

  /**
   * A given time.
   *
   * @param start in whatever zone the guest takes its clock to be
   */
  public record Date(LocalDateTime start) implements Base {

    @Override
    public long epochSecond(Instant now) {
      return start.toEpochSecond(ZoneOffset.UTC);
    }
  }

  /** What moves the clock on. */
  public enum Source {
    /** The host's wall clock: it goes on while the machine is paused. */
    HOST,
    /** The machine's own time: it stands while the machine is paused. */
    VM
  }

  /**
   * Reads {@code base=} as QEMU spells it.
   *
   * @param text {@code utc}, {@code localtime}, {@code 2030-01-31} or {@code 2030-01-31T12:00:00}
   * @throws ConfigException for anything else
   */
  public static Base parseBase(String text) {
    return switch (text) {
      case "utc" -> new Utc();
      case "localtime" -> new LocalTime(ZoneId.systemDefault());
      default -> new Date(parseDate(text));
    };
  }

  /**
   * Reads {@code clock=} as QEMU spells it.
   *
   * @param text {@code host}, {@code vm}, or {@code rt}, which is the host's here
   * @throws ConfigException for anything else
   */
  public static Source parseClock(String text) {
    return switch (text) {
      case "host", "rt" -> Source.HOST;
      case "vm" -> Source.VM;
      default -> throw new ConfigException("rtc", "clock=%s: give host or vm".formatted(text));
    };
  }

  private static LocalDateTime parseDate(String text) {
    try {
      return text.indexOf('T') < 0
          ? LocalDate.parse(text).atStartOfDay()
          : LocalDateTime.parse(text);
    } catch (DateTimeException e) {
      throw new ConfigException(
          "rtc",
          "base=%s: give utc, localtime or a date such as 2030-01-31T12:00:00".formatted(text),
          e);
    }
  }
}

package dev.jvmm.machine.legacy;

import java.time.LocalDateTime;
import java.time.ZoneOffset;

/**
 * Between a count of seconds and what a MC146818's registers show, in the four formats that
 * register B chooses from.
 *
 * <p>Thread: immutable.
 *
 * @param binary whether numbers are binary rather than BCD
 * @param hours24 whether hours go from 0 to 23 rather than from 1 to 12 with a bit for the
 *     afternoon
 */
record RtcTime(boolean binary, boolean hours24) {

  // The registers of the time, as the chip numbers them; the century is the machine's.
  static final int SECONDS = 0x00;
  static final int SECONDS_ALARM = 0x01;
  static final int MINUTES = 0x02;
  static final int MINUTES_ALARM = 0x03;
  static final int HOURS = 0x04;
  static final int HOURS_ALARM = 0x05;
  static final int DAY_OF_WEEK = 0x06;
  static final int DAY_OF_MONTH = 0x07;
  static final int MONTH = 0x08;
  static final int YEAR = 0x09;
  static final int CENTURY = 0x32;

  /** A day has this many seconds. */
  static final int DAY = 86_400;

  private static final int PM = 0x80;
  private static final int ANY = 0xC0; // an alarm register from here on matches everything
  private static final int NEVER = -1;

  /** What the clock shows at {@code epochSecond}, in the places of its registers. */
  void show(long epochSecond, int[] registers) {
    LocalDateTime time = LocalDateTime.ofEpochSecond(epochSecond, 0, ZoneOffset.UTC);
    registers[SECONDS] = encode(time.getSecond());
    registers[MINUTES] = encode(time.getMinute());
    registers[HOURS] = encodeHour(time.getHour());
    registers[DAY_OF_WEEK] = encode(time.getDayOfWeek().getValue() % 7 + 1); // Sunday is 1
    registers[DAY_OF_MONTH] = encode(time.getDayOfMonth());
    registers[MONTH] = encode(time.getMonthValue());
    registers[YEAR] = encode(Math.floorMod(time.getYear(), 100));
    registers[CENTURY] = encode(Math.floorMod(time.getYear() / 100, 100));
  }

  /**
   * The time that the registers show. Any value is taken: a 32nd is the day after the 31st. The day
   * of the week is not looked at, it follows from the date.
   */
  long read(int[] registers) {
    int year = decode(registers[CENTURY]) * 100 + decode(registers[YEAR]);
    return LocalDateTime.of(year, 1, 1, 0, 0)
        .plusMonths(decode(registers[MONTH]) - 1L)
        .plusDays(decode(registers[DAY_OF_MONTH]) - 1L)
        .plusHours(decodeHour(registers[HOURS]))
        .plusMinutes(decode(registers[MINUTES]))
        .plusSeconds(decode(registers[SECONDS]))
        .toEpochSecond(ZoneOffset.UTC);
  }

  /**
   * When the alarm in the registers rings next.
   *
   * @return the first second after {@code epochSecond} that it matches; {@link Long#MAX_VALUE}
   *     where it matches none
   */
  long nextAlarm(long epochSecond, int[] registers) {
    int second = alarm(registers[SECONDS_ALARM], 60);
    int minute = alarm(registers[MINUTES_ALARM], 60);
    int hour = hourAlarm(registers[HOURS_ALARM]);
    if (second == NEVER || minute == NEVER || hour == NEVER) {
      return Long.MAX_VALUE;
    }
    long time = epochSecond + 1;
    while (!matches(hour, time, 3600, 24)) {
      time += 3600 - Math.floorMod(time, 3600);
    }
    // From the start of a matching hour on, each step leads at most into the next match.
    while (!matches(minute, time, 60, 60) || !matches(second, time, 1, 60)) {
      time += matches(minute, time, 60, 60) ? 1 : 60 - Math.floorMod(time, 60);
      while (!matches(hour, time, 3600, 24)) {
        time += 3600 - Math.floorMod(time, 3600);
      }
    }
    return time;
  }

  private static boolean matches(int wanted, long time, int unit, int count) {
    return wanted >= count || Math.floorMod(Math.floorDiv(time, unit), count) == wanted;
  }

  /** The value that an alarm register waits for; {@code limit} for any, {@link #NEVER} for none. */
  private int alarm(int register, int limit) {
    if (register >= ANY) {
      return limit;
    }
    int value = decode(register);
    return value < limit ? value : NEVER;
  }

  private int hourAlarm(int register) {
    if (register >= ANY) {
      return 24;
    }
    int value = decodeHour(register);
    return value < 24 ? value : NEVER;
  }

  private int encode(int value) {
    return binary ? value : ((value / 10) << 4) | (value % 10);
  }

  private int decode(int register) {
    return binary ? register : (register >> 4) * 10 + (register & 0xF);
  }

  private int encodeHour(int hour) {
    if (hours24) {
      return encode(hour);
    }
    int shown = encode(hour % 12 == 0 ? 12 : hour % 12);
    return hour >= 12 ? shown | PM : shown;
  }

  private int decodeHour(int register) {
    if (hours24) {
      return decode(register);
    }
    int hour = decode(register & ~PM) % 12;
    return (register & PM) != 0 ? hour + 12 : hour;
  }
}

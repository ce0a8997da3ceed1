package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.bus.ByteWide;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.machine.RtcConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CmosTest extends BusDeviceContract {

  private static final long SECOND = 1_000_000_000;
  private static final long MILLISECOND = 1_000_000;
  private static final long GIB = 1L << 30;

  private static final int A = 0x0A;
  private static final int B = 0x0B;
  private static final int C = 0x0C;
  private static final int B_24H = 0x02;
  private static final int B_BINARY = 0x04;
  private static final int UIE = 0x10;
  private static final int AIE = 0x20;
  private static final int PIE = 0x40;
  private static final int SET = 0x80;

  private static final Instant BOOT = Instant.parse("2031-12-31T23:59:50Z");

  private final ManualClock clock = new ManualClock();
  private final InstantSource wall = () -> BOOT.plusNanos(clock.nanos());
  private final ObservedLine irq = new ObservedLine();
  private Cmos cmos = powerOn(RtcConfig.DEFAULT);

  private Cmos powerOn(RtcConfig rtc) {
    return Cmos.powerOn(new Cmos.Config(rtc, 3 * GIB, 5 * GIB, 4), clock, wall, irq);
  }

  @Override
  protected BusDevice newDevice() {
    return cmos;
  }

  @Override
  protected int length() {
    return Cmos.LENGTH;
  }

  @Override
  protected void meanwhile(Random random) {
    clock.advance(random.nextLong(3 * SECOND));
  }

  private int get(int register) {
    cmos.write(0, 1, register);
    return (int) cmos.read(1, 1);
  }

  private void set(int register, int value) {
    cmos.write(0, 1, register);
    cmos.write(1, 1, value);
  }

  private String time() {
    return "%02x%02x-%02x-%02x %02x:%02x:%02x"
        .formatted(get(0x32), get(9), get(8), get(7), get(4), get(2), get(0));
  }

  @Test
  void powerOn_isTheHostsUniversalTimeInBcd() {
    assertThat(time()).isEqualTo("2031-12-31 23:59:50");
    assertThat(get(6)).isEqualTo(4); // a Wednesday
    assertThat(get(A)).isEqualTo(0x26);
    assertThat(get(B)).isEqualTo(B_24H);
    assertThat(get(0x0D)).isEqualTo(0x80);
  }

  @Test
  void time_goesOnOverTheEndOfTheYear() {
    clock.advance(11 * SECOND);
    assertThat(time()).isEqualTo("2032-01-01 00:00:01");
  }

  @Test
  void binaryAnd12Hours_areShownWhenAskedFor() {
    set(B, B_BINARY);
    assertThat(get(4)).isEqualTo(0x80 | 11);
    assertThat(get(2)).isEqualTo(59);
    clock.advance(10 * SECOND);
    assertThat(get(4)).isEqualTo(12);
    clock.advance(12 * 3600 * SECOND);
    assertThat(get(4)).isEqualTo(0x80 | 12);
    clock.advance(3600 * SECOND);
    assertThat(get(4)).isEqualTo(0x80 | 1);
  }

  @Test
  void base_localTimeIsThatOfTheZone() {
    cmos =
        powerOn(
            new RtcConfig(
                new RtcConfig.LocalTime(ZoneId.of("Europe/Berlin")), RtcConfig.Source.HOST));
    assertThat(time()).isEqualTo("2032-01-01 00:59:50");
  }

  @Test
  void base_dateStartsThere() {
    cmos =
        powerOn(
            new RtcConfig(
                new RtcConfig.Date(LocalDateTime.parse("1999-12-31T23:59:59")),
                RtcConfig.Source.VM));
    assertThat(time()).isEqualTo("1999-12-31 23:59:59");
    clock.advance(SECOND);
    assertThat(time()).isEqualTo("2000-01-01 00:00:00");
  }

  @Test
  void clockVm_movesWithTheMachineAloneAndClockHostWithTheHost() {
    ManualClock machine = new ManualClock();
    InstantSource host = () -> BOOT.plusSeconds(3600L * (machine.nanos() == 0 ? 0 : 1));
    Cmos.Config vm =
        new Cmos.Config(new RtcConfig(new RtcConfig.Utc(), RtcConfig.Source.VM), GIB, 0, 1);
    Cmos.Config follower = new Cmos.Config(RtcConfig.DEFAULT, GIB, 0, 1);
    Cmos byMachine = Cmos.powerOn(vm, machine, host, irq);
    Cmos byHost = Cmos.powerOn(follower, machine, host, irq);

    machine.advance(5 * SECOND);

    cmos = byMachine;
    assertThat(time()).isEqualTo("2031-12-31 23:59:55");
    cmos = byHost;
    assertThat(time()).isEqualTo("2032-01-01 00:59:50");
  }

  /** SET, divider in reset, the registers, divider on, SET off: as Linux sets the time. */
  @Test
  void set_isKeptAndTheNextSecondComesHalfASecondLater() {
    set(B, B_24H | SET);
    set(A, 0x70);
    set(0x32, 0x20);
    set(9, 0x42);
    set(8, 0x07);
    set(7, 0x04);
    set(4, 0x12);
    set(2, 0x34);
    set(0, 0x56);
    clock.advance(10 * SECOND);
    assertThat(time()).isEqualTo("2042-07-04 12:34:56");
    set(B, B_24H);
    set(A, 0x26);

    clock.advance(499 * MILLISECOND);
    assertThat(time()).isEqualTo("2042-07-04 12:34:56");
    clock.advance(2 * MILLISECOND);
    assertThat(time()).isEqualTo("2042-07-04 12:34:57");
    assertThat(get(6)).isEqualTo(6); // a Friday
  }

  @Test
  void set_alsoWorksOnARunningClock() {
    set(4, 0x05);
    assertThat(time()).isEqualTo("2031-12-31 05:59:50");
    cmos.reset();
    assertThat(time()).isEqualTo("2031-12-31 05:59:50");
  }

  @Test
  void set_ofADateThatThereIsNotIsTheDayThatFollows() {
    set(B, B_24H | SET);
    set(8, 0x02);
    set(7, 0x30);
    set(B, B_24H);
    assertThat(time()).isEqualTo("2031-03-02 23:59:50");
  }

  @Test
  void updateInProgress_isShownBeforeTheSecondChanges() {
    clock.advance(SECOND - 300_000);
    assertThat(get(A)).isEqualTo(0x26);
    clock.advance(100_000);
    assertThat(get(A)).isEqualTo(0xA6);
    clock.advance(200_000);
    assertThat(get(A)).isEqualTo(0x26);
    assertThat(get(0)).isEqualTo(0x51);
  }

  @Test
  void updateEnded_interruptsEachSecondOnceRead() {
    set(B, B_24H | UIE);

    clock.advance(SECOND);
    assertThat(irq.high()).isTrue();
    assertThat(get(C)).isEqualTo(0x90 | 0x40);
    assertThat(irq.high()).isFalse();
    assertThat(get(C)).isZero();
    clock.advance(5 * SECOND);
    assertThat(irq.edges()).isEqualTo(2);
  }

  @Test
  void updateEnded_flagIsThereWithoutAnInterruptToo() {
    get(C);
    clock.advance(SECOND);
    assertThat(get(C) & 0x90).isEqualTo(0x10);
    assertThat(irq.edges()).isZero();
  }

  @Test
  void periodic_interruptsAtItsRate() {
    set(A, 0x2F); // 2 Hz
    get(C);
    set(B, B_24H | PIE);
    int edges = irq.edges();
    for (int i = 0; i < 10; i++) {
      clock.advance(500 * MILLISECOND);
      assertThat(get(C) & 0xC0).as("half second %d", i).isEqualTo(0xC0);
    }
    assertThat(irq.edges() - edges).isEqualTo(10);
  }

  @Test
  void periodic_ratesAreThoseOfTheDatasheet() {
    int[] hertz = {0, 256, 128, 8192, 4096, 2048, 1024, 512, 256, 128, 64, 32, 16, 8, 4, 2};
    for (int rate = 1; rate <= 15; rate++) {
      set(B, B_24H);
      set(A, 0x20 | rate);
      get(C);
      set(B, B_24H | PIE);
      int interrupts = 0;
      long end = clock.nanos() + SECOND;
      while (clock.nanos() < end) {
        clock.advance(15_259); // half a tick
        interrupts += get(C) >> 7;
      }
      assertThat(interrupts).as("rate %d", rate).isBetween(hertz[rate], hertz[rate] + 1);
    }
  }

  @Test
  void alarm_ringsAtItsTime() {
    set(1, 0x05);
    set(3, 0x00);
    set(5, 0x00);
    get(C);
    set(B, B_24H | AIE);

    clock.advance(14 * SECOND);
    assertThat(irq.high()).isFalse();
    clock.advance(SECOND);
    assertThat(irq.high()).isTrue();
    assertThat(time()).isEqualTo("2032-01-01 00:00:05");
    assertThat(get(C) & 0xA0).isEqualTo(0xA0);
    clock.advance(86_399 * SECOND);
    assertThat(irq.high()).isFalse();
    clock.advance(SECOND);
    assertThat(irq.high()).isTrue();
  }

  @Test
  void alarm_matchesAnyWhereItsTopBitsAreSet() {
    set(1, 0x30);
    set(3, 0xFF);
    set(5, 0xC0);
    set(B, B_24H | AIE);

    clock.advance(40 * SECOND);
    assertThat(irq.high()).isTrue();
    get(C);
    clock.advance(60 * SECOND);
    assertThat(irq.edges()).isEqualTo(2);
  }

  @Test
  void alarm_thatMatchesNothingNeverRings() {
    set(1, 0x99);
    set(3, 0xFF);
    set(5, 0xFF);
    set(B, B_24H | AIE);
    clock.advance(200_000 * SECOND);
    assertThat(get(C) & 0x20).isZero();
  }

  /** The search for the next alarm, against a look at every second. */
  @Test
  void nextAlarm_isTheFirstSecondThatMatches() {
    Random random = new Random(7);
    RtcTime binary = new RtcTime(true, true);
    for (int i = 0; i < 200; i++) {
      int[] registers = new int[64];
      registers[1] = random.nextInt(3) == 0 ? 0xFF : random.nextInt(60);
      registers[3] = random.nextInt(3) == 0 ? 0xFF : random.nextInt(60);
      registers[5] = random.nextInt(3) == 0 ? 0xFF : random.nextInt(24);
      long now = random.nextInt(1_000_000);
      long expected = now + 1;
      while (!rings(registers, expected)) {
        expected++;
      }
      assertThat(binary.nextAlarm(now, registers)).isEqualTo(expected);
    }
  }

  private static boolean rings(int[] registers, long time) {
    return (registers[1] == 0xFF || registers[1] == time % 60)
        && (registers[3] == 0xFF || registers[3] == time / 60 % 60)
        && (registers[5] == 0xFF || registers[5] == time / 3600 % 24);
  }

  @Test
  void standingClock_neitherUpdatesNorRings() {
    set(1, 0xFF);
    set(3, 0xFF);
    set(5, 0xFF);
    set(B, B_24H | SET | UIE | AIE);
    get(C);
    clock.advance(10 * SECOND);
    assertThat(get(B) & UIE).isZero();
    assertThat(get(C) & 0x30).isZero();
    assertThat(time()).isEqualTo("2031-12-31 23:59:50");
  }

  @Test
  void memorySizes_areThereInAllTheirForms() {
    assertThat(get(0x15) | get(0x16) << 8).isEqualTo(640);
    assertThat(get(0x17) | get(0x18) << 8).isEqualTo(0xFFFF);
    assertThat(get(0x30) | get(0x31) << 8).isEqualTo(0xFFFF);
    assertThat(get(0x34) | get(0x35) << 8).isEqualTo((3 * 1024 - 16) * 16);
    assertThat(get(0x5B) | get(0x5C) << 8 | get(0x5D) << 16).isEqualTo(5 * 1024 * 16);
    assertThat(get(0x5F)).isEqualTo(3);
  }

  @Test
  void memorySizes_ofASmallMachine() {
    cmos = Cmos.powerOn(new Cmos.Config(RtcConfig.DEFAULT, 2L << 20, 0, 1), clock, wall, irq);
    assertThat(get(0x17) | get(0x18) << 8).isEqualTo(1024);
    assertThat(get(0x34) | get(0x35) << 8).isZero();
  }

  @Test
  void shutdownStatus_andOtherRamSurviveAReset() {
    set(0x0F, 0x0A);
    set(0x7F, 0x55);
    set(B, B_24H | PIE | UIE);

    cmos.reset();

    assertThat(get(0x0F)).isEqualTo(0x0A);
    assertThat(get(0x7F)).isEqualTo(0x55);
    assertThat(get(B)).isEqualTo(B_24H);
    assertThat(irq.high()).isFalse();
  }

  @Test
  void index_isWriteOnlyAndItsTopBitMasksNmis() {
    cmos.write(0, 1, 0x8F);
    assertThat(cmos.nmiMasked()).isTrue();
    assertThat(cmos.read(0, 1)).isEqualTo(-1);
    assertThat(cmos.read(1, 1)).isZero();
    cmos.write(0, 1, 0x0F);
    assertThat(cmos.nmiMasked()).isFalse();
  }

  @Test
  void wordWrite_behindAnEightBitBusSetsIndexAndDatum() {
    new ByteWide(cmos).write(0, 2, 0x5A7E);
    assertThat(get(0x7E)).isEqualTo(0x5A);
  }

  @Test
  void state_survivesARoundTrip() {
    set(4, 0x05);
    set(1, 0x05);
    set(B, B_24H | UIE);
    clock.advance(1_500 * MILLISECOND);
    Cmos.State state = cmos.state();
    String before = time();

    Cmos.Config config = new Cmos.Config(RtcConfig.DEFAULT, 3 * GIB, 5 * GIB, 4);
    ObservedLine line = new ObservedLine();
    cmos = Cmos.restored(config, clock, wall, line, state);

    assertThat(cmos.state()).isEqualTo(state);
    assertThat(time()).isEqualTo(before);
    assertThat(line.high()).isTrue();
  }

  @Test
  void state_ofAClockThatTheMachineMovesGoesOnWhereItStood() {
    RtcConfig byMachine = new RtcConfig(new RtcConfig.Utc(), RtcConfig.Source.VM);
    cmos = powerOn(byMachine);
    clock.advance(1_500 * MILLISECOND);
    Cmos.State state = cmos.state();
    ManualClock other = new ManualClock();
    other.advance(12_345 * MILLISECOND);

    Cmos.Config config = new Cmos.Config(byMachine, 3 * GIB, 5 * GIB, 4);
    cmos = Cmos.restored(config, other, wall, irq, state);

    assertThat(time()).isEqualTo("2031-12-31 23:59:51");
    other.advance(500 * MILLISECOND);
    assertThat(time()).isEqualTo("2031-12-31 23:59:52");
  }
}

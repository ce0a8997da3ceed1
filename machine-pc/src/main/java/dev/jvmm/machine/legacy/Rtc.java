package dev.jvmm.machine.legacy;

import dev.jvmm.core.clock.Clock;
import dev.jvmm.core.irq.IrqLine;
import dev.jvmm.machine.RtcConfig;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;

/**
 * The clock of a MC146818A (Motorola datasheet, 1988), with the century register of the PC.
 *
 * <p>Nothing runs while no one looks: the time is worked out when it is read, and the flags of
 * register C are brought up to date from the time that has passed since the last look. A timer runs
 * only for an interrupt that is enabled and not pending.
 *
 * <p>Not emulated: daylight saving (DSE is kept), the square wave, and time bases other than 32.768
 * kHz (they run as if they were it). The day of the week follows from the date.
 *
 * <p>Thread: safe by its own monitor, under which it calls the interrupt line and its timer.
 */
final class Rtc {

  /** The registers that are its own: 0x00 to 0x0D, and {@link RtcTime#CENTURY}. */
  static final int REG_A = 0x0A;

  static final int REG_B = 0x0B;
  static final int REG_C = 0x0C;
  static final int REG_D = 0x0D;

  private static final int A_UIP = 1 << 7; // an update is near: the time is not to be read
  private static final int A_DV = 7 << 4; // the divider chain
  private static final int A_DV_32KHZ = 2 << 4; // up to here it runs, above it is held
  private static final int A_RS = 0xF; // the rate of the periodic interrupt

  private static final int B_SET = 1 << 7; // the time stands and may be written
  private static final int B_PIE = 1 << 6;
  private static final int B_AIE = 1 << 5;
  private static final int B_UIE = 1 << 4;
  private static final int B_SQWE = 1 << 3;
  private static final int B_DM = 1 << 2; // binary
  private static final int B_24H = 1 << 1;
  private static final int B_ENABLES = B_PIE | B_AIE | B_UIE;

  private static final int C_IRQF = 1 << 7;
  private static final int C_PF = B_PIE; // the flags are in the places of their enable bits
  private static final int C_AF = B_AIE;
  private static final int C_UF = B_UIE;

  private static final int D_VRT = 1 << 7; // the battery is good

  private static final int REGISTERS = RtcTime.CENTURY + 1;
  private static final int TICKS = 32_768; // a second
  private static final long SECOND = 1_000_000_000;

  /** UIP rises 244 us, 8 ticks, before the update. */
  private static final long UIP_NANOS = 8 * SECOND / TICKS;

  private final RtcConfig.Source source;
  private final Clock clock;
  private final InstantSource wall;
  private final IrqLine irq;
  private final Clock.Timer timer;

  private final int[] registers; // the alarm; the time and the century while it stands
  private int a;
  private int b;
  private int c;
  private long phaseNanos; // from the source to the divider chain: less than a second
  private long offsetSeconds; // from the divider chain to what the guest sees
  private long seen; // up to here the flags of register C are right

  /**
   * What a snapshot keeps.
   *
   * @param a register A, as b and c
   * @param registers the alarm, and the time while it stands
   * @param phaseNanos from the host's clock to the chip's
   * @param offsetSeconds from the chip's clock to what the guest sees, where the host moves it
   * @param epochSecond what the guest sees, where the machine's time moves it
   * @param fractionNanos the rest of that second
   */
  record State(
      int a,
      int b,
      int c,
      List<Integer> registers,
      long phaseNanos,
      long offsetSeconds,
      long epochSecond,
      long fractionNanos) {

    State {
      registers = List.copyOf(registers);
    }
  }

  private Rtc(RtcConfig.Source source, Clock clock, InstantSource wall, IrqLine irq) {
    this.source = source;
    this.clock = clock;
    this.wall = wall;
    this.irq = irq;
    this.timer = clock.newTimer(this::bringUpToDate);
    this.registers = new int[REGISTERS];
    this.a = A_DV_32KHZ | 6; // 1024 Hz, as every BIOS leaves it
    this.b = B_24H;
  }

  /** A clock at power-on. */
  static Rtc powerOn(RtcConfig config, Clock clock, InstantSource wall, IrqLine irq) {
    Rtc rtc = new Rtc(config.clock(), clock, wall, irq);
    Instant now = wall.instant();
    long start = config.base().epochSecond(now);
    if (config.clock() == RtcConfig.Source.VM) {
      rtc.phaseNanos = Math.floorMod(epochNanos(now) - clock.nanos(), SECOND);
    }
    rtc.begin(start);
    return rtc;
  }

  /** A clock out of a snapshot. */
  static Rtc restored(
      RtcConfig.Source source, Clock clock, InstantSource wall, IrqLine irq, State state) {
    Rtc rtc = new Rtc(source, clock, wall, irq);
    rtc.a = state.a() & 0x7F;
    rtc.b = state.b() & 0xFF;
    rtc.c = state.c() & B_ENABLES;
    for (int i = 0; i < Math.min(REGISTERS, state.registers().size()); i++) {
      rtc.registers[i] = state.registers().get(i) & 0xFF;
    }
    switch (source) {
      case HOST -> {
        rtc.phaseNanos = Math.floorMod(state.phaseNanos(), SECOND);
        rtc.offsetSeconds = state.offsetSeconds();
        rtc.seen = rtc.divider();
      }
      case VM -> {
        rtc.phaseNanos = Math.floorMod(state.fractionNanos() - clock.nanos(), SECOND);
        rtc.begin(state.epochSecond());
      }
    }
    rtc.bringUpToDate();
    return rtc;
  }

  synchronized State state() {
    bringUpToDate();
    return new State(
        a,
        b,
        c & B_ENABLES,
        Arrays.stream(registers).boxed().toList(),
        phaseNanos,
        offsetSeconds,
        epochSecond(),
        Math.floorMod(divider(), SECOND));
  }

  /** The RESET pin: no interrupts; the time goes on. */
  synchronized void reset() {
    b &= ~(B_ENABLES | B_SQWE);
    c = 0;
    bringUpToDate();
  }

  synchronized int read(int register) {
    return switch (register) {
      case REG_A -> updateIsNear() ? a | A_UIP : a;
      case REG_B -> b;
      case REG_C -> readFlags();
      case REG_D -> D_VRT;
      case RtcTime.SECONDS_ALARM, RtcTime.MINUTES_ALARM, RtcTime.HOURS_ALARM -> registers[register];
      default -> {
        if (runs()) {
          format().show(epochSecond(), registers);
        }
        yield registers[register];
      }
    };
  }

  synchronized void write(int register, int value) {
    bringUpToDate(); // under the old registers
    switch (register) {
      case REG_A -> writeA(value);
      case REG_B -> writeB(value);
      case REG_C, REG_D -> {} // read-only
      case RtcTime.SECONDS_ALARM, RtcTime.MINUTES_ALARM, RtcTime.HOURS_ALARM ->
          registers[register] = value;
      default -> writeTime(register, value);
    }
    bringUpToDate();
  }

  /** Releasing the divider chain brings the first update half a second later (datasheet, DV2-0). */
  private void writeA(int value) {
    boolean ran = runs();
    boolean divided = divides();
    if (ran) {
      format().show(epochSecond(), registers);
    }
    a = value & (A_DV | A_RS);
    if (!divided && divides()) {
      phaseNanos = Math.floorMod(SECOND / 2 - sourceNanos(), SECOND);
      seen = divider();
    }
    if (!ran && runs()) {
      begin(format().read(registers));
    }
  }

  private void writeB(int value) {
    boolean ran = runs();
    if (ran) {
      format().show(epochSecond(), registers);
    }
    b = (value & B_SET) != 0 ? value & ~B_UIE : value;
    if (!ran && runs()) {
      begin(format().read(registers));
    }
  }

  private void writeTime(int register, int value) {
    if (runs()) {
      format().show(epochSecond(), registers);
      registers[register] = value;
      begin(format().read(registers));
    } else {
      registers[register] = value;
    }
  }

  private int readFlags() {
    bringUpToDate();
    int flags = c;
    c = 0;
    bringUpToDate();
    return flags;
  }

  private RtcTime format() {
    return new RtcTime((b & B_DM) != 0, (b & B_24H) != 0);
  }

  private boolean divides() {
    return (a & A_DV) <= A_DV_32KHZ;
  }

  private boolean runs() {
    return divides() && (b & B_SET) == 0;
  }

  private boolean updateIsNear() {
    return runs() && Math.floorMod(divider(), SECOND) >= SECOND - UIP_NANOS;
  }

  private static long epochNanos(Instant instant) {
    return instant.getEpochSecond() * SECOND + instant.getNano();
  }

  private long sourceNanos() {
    return switch (source) {
      case HOST -> epochNanos(wall.instant());
      case VM -> clock.nanos();
    };
  }

  /** The time of the divider chain: its whole seconds are the updates. */
  private long divider() {
    return sourceNanos() + phaseNanos;
  }

  private long epochSecond() {
    return Math.floorDiv(divider(), SECOND) + offsetSeconds;
  }

  private void begin(long epochSecond) {
    long now = divider();
    offsetSeconds = epochSecond - Math.floorDiv(now, SECOND);
    seen = now;
  }

  /** Sets the flags for what has happened since the last look, the interrupt, and the timer. */
  private synchronized void bringUpToDate() {
    long now = divider();
    if (now > seen) {
      long before = Math.floorDiv(seen, SECOND);
      long second = Math.floorDiv(now, SECOND);
      if (runs() && second > before) {
        c |= C_UF;
        if (format().nextAlarm(before + offsetSeconds, registers) <= second + offsetSeconds) {
          c |= C_AF;
        }
      }
      if (periodTicks() != 0 && period(now) > period(seen)) {
        c |= C_PF;
      }
    }
    seen = now; // also where the host's clock was set back
    boolean pending = (c & b & B_ENABLES) != 0;
    c = pending ? c | C_IRQF : c & ~C_IRQF;
    irq.set(pending);
    arm(now);
  }

  private void arm(long now) {
    int wanted = b & ~c & B_ENABLES;
    long next = Long.MAX_VALUE;
    if ((wanted & B_PIE) != 0 && periodTicks() != 0) {
      next = startOfTick((period(now) + 1) * periodTicks());
    }
    if ((wanted & B_UIE) != 0 && runs()) {
      next = Math.min(next, (Math.floorDiv(now, SECOND) + 1) * SECOND);
    }
    if ((wanted & B_AIE) != 0 && runs()) {
      long alarm = format().nextAlarm(epochSecond(), registers);
      if (alarm != Long.MAX_VALUE) {
        next = Math.min(next, (alarm - offsetSeconds) * SECOND);
      }
    }
    if (next == Long.MAX_VALUE) {
      timer.disarm();
    } else {
      timer.arm(clock.nanos() + next - now);
    }
  }

  /** The periodic interrupt's period in ticks of 32.768 kHz (datasheet, table 5); 0 for none. */
  private int periodTicks() {
    int rate = a & A_RS;
    if (rate == 0 || !divides()) {
      return 0;
    }
    return 1 << (rate <= 2 ? rate + 6 : rate - 1);
  }

  private long period(long nanos) {
    long tick =
        Math.floorDiv(nanos, SECOND) * TICKS + Math.floorMod(nanos, SECOND) * TICKS / SECOND;
    return Math.floorDiv(tick, periodTicks());
  }

  private static long startOfTick(long tick) {
    return Math.floorDiv(tick, TICKS) * SECOND
        + Math.ceilDiv(Math.floorMod(tick, (long) TICKS) * SECOND, TICKS);
  }
}

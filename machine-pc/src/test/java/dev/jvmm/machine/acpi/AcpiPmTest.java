package dev.jvmm.machine.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.clock.ManualClock;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PM block as ACPICA speaks to it: offsets from its first port. */
class AcpiPmTest {

  private static final int STATUS = 0;
  private static final int ENABLE = 2;
  private static final int CONTROL = 4;
  private static final int TIMER = 8;
  private static final int TMR = 1;
  private static final int PWRBTN = 0x100;
  private static final long SECOND = 1_000_000_000;

  private final ManualClock clock = new ManualClock();
  private boolean sci;
  private int poweredOff;
  private AcpiPm pm = with(32, AcpiPm.State.POWER_ON);

  private AcpiPm with(int timerBits, AcpiPm.State state) {
    AcpiPm.Wiring wiring = new AcpiPm.Wiring(high -> sci = high, clock, () -> poweredOff++);
    return new AcpiPm(new AcpiPmConfig(0x600, 9, timerBits), wiring, state);
  }

  private int in16(int offset) {
    return (int) pm.read(offset, 2) & 0xFFFF;
  }

  private void out16(int offset, int value) {
    pm.write(offset, 2, value);
  }

  private int timer() {
    return (int) pm.read(TIMER, 4);
  }

  @Test
  void control_sciEn_readsSetWhateverIsWritten() {
    assertThat(in16(CONTROL)).isEqualTo(1);
    out16(CONTROL, 0);
    assertThat(in16(CONTROL)).isEqualTo(1);
  }

  @Test
  void control_keepsSleepTypeAndReadsSleepEnableAsZero() {
    out16(CONTROL, 0x3FFF);
    assertThat(in16(CONTROL)).isEqualTo(0x1C03);
  }

  @Test
  void sleepEnable_withS5_powersOff() {
    out16(CONTROL, 0x0000);
    assertThat(poweredOff).isZero();
    out16(CONTROL, 0x2000);
    assertThat(poweredOff).isEqualTo(1);
  }

  @Test
  void sleepEnable_byteWise_powersOff() {
    pm.write(CONTROL + 1, 1, 0x20);
    assertThat(poweredOff).isEqualTo(1);
  }

  @Test
  void sleepEnable_withAnotherState_doesNothing() {
    out16(CONTROL, 0x2000 | 5 << 10);
    assertThat(poweredOff).isZero();
  }

  @Test
  void enable_keepsTheFixedEvents() {
    for (int event : new int[] {0x001, 0x020, 0x100, 0x200, 0x400}) {
      out16(ENABLE, event);
      assertThat(in16(ENABLE)).isEqualTo(event); // ACPICA looks whether it took
    }
    out16(ENABLE, 0xFFFF);
    assertThat(in16(ENABLE)).isEqualTo(0x721);
  }

  @Test
  void enable_byteWise_leavesTheOtherByte() {
    out16(ENABLE, 0x021);
    pm.write(ENABLE + 1, 1, 0x07);
    assertThat(in16(ENABLE)).isEqualTo(0x721);
    pm.write(ENABLE, 1, 0);
    assertThat(in16(ENABLE)).isEqualTo(0x700);
    assertThat(pm.read(ENABLE + 1, 1) & 0xFF).isEqualTo(7);
  }

  @Test
  void event_dword_isStatusAndEnable() {
    pm.pressPowerButton();
    pm.write(STATUS, 4, 0x0100_0000L);
    assertThat(pm.read(STATUS, 4)).isEqualTo(0x0100_0100L);
  }

  @Test
  void powerButton_enabled_raisesUntilCleared() {
    out16(ENABLE, PWRBTN);
    assertThat(sci).isFalse();
    pm.pressPowerButton();
    assertThat(sci).isTrue();
    assertThat(in16(STATUS)).isEqualTo(PWRBTN);
    out16(STATUS, 0); // zeros clear nothing
    assertThat(sci).isTrue();
    out16(STATUS, PWRBTN);
    assertThat(sci).isFalse();
    assertThat(in16(STATUS)).isZero();
  }

  @Test
  void powerButton_disabled_waitsForEnable() {
    pm.pressPowerButton();
    assertThat(sci).isFalse();
    out16(ENABLE, PWRBTN);
    assertThat(sci).isTrue();
    out16(ENABLE, 0);
    assertThat(sci).isFalse();
  }

  @Test
  void status_byteWise_clearsOnlyThatByte() {
    pm.pressPowerButton();
    pm.write(STATUS, 1, 0xFF);
    assertThat(in16(STATUS)).isEqualTo(PWRBTN);
    pm.write(STATUS + 1, 1, 0xFF);
    assertThat(in16(STATUS)).isZero();
  }

  @Test
  void timer_counts3579545ASecond() {
    assertThat(timer()).isZero();
    clock.advance(SECOND);
    assertThat(timer()).isEqualTo(3_579_545);
    clock.advance(SECOND / 2);
    assertThat(timer()).isEqualTo(5_369_317);
  }

  @Test
  void timer_readsByteAndWordWise() {
    clock.advance(SECOND); // 0x369E99
    assertThat(pm.read(TIMER, 1) & 0xFF).isEqualTo(0x99);
    assertThat(pm.read(TIMER + 2, 2) & 0xFFFF).isEqualTo(0x36);
    assertThat(pm.read(TIMER + 3, 1) & 0xFF).isZero();
  }

  @Test
  void timer_isReadOnly() {
    clock.advance(SECOND);
    pm.write(TIMER, 4, 0);
    assertThat(timer()).isEqualTo(3_579_545);
  }

  @ParameterizedTest
  @CsvSource({"24, 8525888", "32, 1837242432"})
  void timer_after1000000Seconds_hasWrapped(int bits, long value) {
    pm = with(bits, AcpiPm.State.POWER_ON);
    clock.advance(1_000_000 * SECOND);
    assertThat(timer() & 0xFFFF_FFFFL).isEqualTo(value);
  }

  // 2^23 and 2^31 ticks, rounded up to the nanosecond.
  @ParameterizedTest
  @CsvSource({"24, 2343484438", "32, 599932015941"})
  void timerStatus_setByTheHighestBit_onlyThen(int bits, long nanos) {
    pm = with(bits, AcpiPm.State.POWER_ON);
    clock.advance(nanos - 1);
    assertThat(in16(STATUS)).isZero();
    clock.advance(1);
    assertThat(in16(STATUS)).isEqualTo(TMR);
    out16(STATUS, TMR);
    assertThat(in16(STATUS)).isZero();
    clock.advance(nanos); // back to zero
    assertThat(in16(STATUS)).isEqualTo(TMR);
  }

  @Test
  void timerStatus_enabled_raisesByItself() {
    pm = with(24, AcpiPm.State.POWER_ON);
    out16(ENABLE, TMR);
    for (int i = 0; i < 3; i++) {
      assertThat(sci).isFalse();
      clock.advance(3 * SECOND);
      assertThat(sci).isTrue();
      out16(STATUS, TMR);
    }
    out16(ENABLE, 0);
    clock.advance(3 * SECOND);
    assertThat(sci).isFalse();
    assertThat(in16(STATUS)).isEqualTo(TMR);
  }

  @Test
  void reset_isPowerOn() {
    out16(ENABLE, PWRBTN | TMR);
    out16(CONTROL, 0x1C02);
    clock.advance(1000 * SECOND);
    pm.pressPowerButton();
    pm.reset();
    assertThat(sci).isFalse();
    assertThat(pm.state()).isEqualTo(AcpiPm.State.POWER_ON);
    assertThat(timer()).isZero();
    clock.advance(1000 * SECOND);
    assertThat(sci).isFalse();
  }

  @Test
  void state_takesUpWhereItWas() {
    out16(ENABLE, PWRBTN | TMR);
    out16(CONTROL, 5 << 10);
    clock.advance(599 * SECOND);
    pm.pressPowerButton();
    AcpiPm.State state = pm.state();
    int ticks = timer();
    pm.close();
    sci = false;

    clock.advance(5000 * SECOND); // the machine is off
    pm = with(32, state);

    assertThat(sci).isTrue();
    assertThat(timer()).isEqualTo(ticks);
    assertThat(pm.state()).isEqualTo(state);
    out16(STATUS, PWRBTN);
    assertThat(sci).isFalse();
    clock.advance(SECOND);
    assertThat(sci).isTrue();
    assertThat(in16(STATUS)).isEqualTo(TMR);
  }

  @Test
  void close_noTimerExpiresAfter() {
    pm = with(24, AcpiPm.State.POWER_ON);
    out16(ENABLE, TMR);
    pm.close();
    clock.advance(3 * SECOND);
    assertThat(sci).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0, 8", "1, 2", "1, 4", "2, 4", "3, 2", "9, 2"})
  void access_ofAnotherForm_readsAllOnesAndWritesNothing(int offset, int size) {
    assertThat(pm.read(offset, size)).isEqualTo(BusDevice.ALL_ONES);
    pm.write(offset, size, 0x2000_2000_2000_2000L);
    assertThat(poweredOff).isZero();
    assertThat(pm.state()).isEqualTo(AcpiPm.State.POWER_ON);
  }

  /** Whatever a guest does, the interrupt is the sum of what waits and is enabled. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void randomAccesses_keepTheInterruptInStep(long seed) {
    Random random = new Random(seed);
    pm = with(24, AcpiPm.State.POWER_ON);
    int[] sizes = {1, 2, 4, 8};
    for (int i = 0; i < 5000; i++) {
      int size = sizes[random.nextInt(4)];
      int offset = random.nextInt(Math.max(1, AcpiPm.LENGTH - size + 1));
      switch (random.nextInt(4)) {
        case 0 -> pm.read(offset, size);
        case 1 -> pm.pressPowerButton();
        case 2 -> clock.advance(random.nextLong(SECOND));
        default -> pm.write(offset, size, random.nextLong());
      }
      int waiting = in16(STATUS) & in16(ENABLE);
      assertThat(sci).as("seed %d step %d", seed, i).isEqualTo(waiting != 0);
    }
  }
}

package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.clock.ManualClock;
import org.junit.jupiter.api.Test;

/** The questions by which Linux's 8250 driver tells the kinds of UART apart, and our answers. */
class Uart16550AsLinuxProbesItTest {

  private static final int IER = 1;
  private static final int IIR_FCR_EFR = 2;
  private static final int LCR = 3;
  private static final int MCR = 4;
  private static final int LSR = 5;
  private static final int MSR = 6;

  private final ObservedLine irq = new ObservedLine();
  private final Uart16550 uart =
      new Uart16550(new ScriptedChardev(), irq, new ManualClock(), Uart16550.State.POWER_ON);

  private int in(int register) {
    return (int) uart.read(register, 1);
  }

  private void out(int register, int value) {
    uart.write(register, 1, value);
  }

  @Test
  void existence_interruptEnableHoldsFourBits() {
    out(IER, 0);
    assertThat(in(IER)).isZero();
    out(IER, 0xFF);
    assertThat(in(IER)).isEqualTo(0x0F);
  }

  @Test
  void existence_loopbackShowsRtsAndOut2() {
    out(MCR, 0x10 | 0x0A);
    assertThat(in(MSR) & 0xF0).isEqualTo(0x90);
  }

  @Test
  void type_isA16550WithAWorkingFifo() {
    out(LCR, 0xBF);
    out(IIR_FCR_EFR, 0);
    out(LCR, 0);
    out(IIR_FCR_EFR, 1);

    assertThat(in(IIR_FCR_EFR) >> 6).isEqualTo(3);
  }

  @Test
  void type_hasNoEnhancedFeatures() {
    out(IIR_FCR_EFR, 1);
    out(LCR, 0x80);
    assertThat(in(IIR_FCR_EFR)).isNotZero();
    out(LCR, 0xBF);
    assertThat(in(IIR_FCR_EFR)).isNotZero();
  }

  @Test
  void type_hasNo64ByteFifo() {
    out(IIR_FCR_EFR, 0x21);
    assertThat(in(IIR_FCR_EFR) >> 5).isEqualTo(6);
    out(IIR_FCR_EFR, 1);
    out(LCR, 0x80);
    out(IIR_FCR_EFR, 0x21);
    assertThat(in(IIR_FCR_EFR) >> 5).isEqualTo(6);
  }

  @Test
  void type_isNoNationalSupersetWhoseReg2IsAnExtendedModemControl() {
    out(IIR_FCR_EFR, 1);
    out(LCR, 0xE0);
    int before = in(IIR_FCR_EFR);
    out(LCR, 0);
    out(MCR, in(MCR) ^ 0x10);
    out(LCR, 0xE0);
    assertThat(in(IIR_FCR_EFR)).isEqualTo(before);
  }

  @Test
  void fifo_holdsSixteen() {
    out(IIR_FCR_EFR, 7);
    out(MCR, 0x10);
    for (int i = 0; i < 256; i++) {
      out(0, i);
    }
    int count = 0;
    while ((in(LSR) & 1) != 0) {
      in(0);
      count++;
    }
    assertThat(count).isEqualTo(16);
  }

  /** Otherwise the driver polls by a timer instead of taking interrupts. */
  @Test
  void startUp_transmitInterruptIsThereEachTimeThatItIsEnabled() {
    out(IIR_FCR_EFR, 1);
    for (int i = 0; i < 3; i++) {
      out(IER, 2);
      assertThat(in(IIR_FCR_EFR)).isEqualTo(0xC2);
      out(IER, 0);
    }
    out(IER, 2);
    out(IER, 0);
    out(IER, 2);
    assertThat(in(IIR_FCR_EFR) & 1).isZero();
  }
}

package dev.jvmm.machine.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SleepRegistersTest {

  private static final int CONTROL = 0;
  private static final int STATUS = 1;

  private int poweredOff;
  private SleepRegisters registers =
      new SleepRegisters(() -> poweredOff++, SleepRegisters.State.POWER_ON);

  @Test
  void s5_asAcpicaEntersIt_powersOff() {
    registers.write(STATUS, 1, 0x80); // clears WAK_STS first
    registers.write(CONTROL, 1, 5 << 2 | 0x20);
    assertThat(poweredOff).isEqualTo(1);
    assertThat(registers.read(STATUS, 1)).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "0, 1, 0x14", // no SLP_EN
    "0, 1, 0x2C", // S3
    "1, 1, 0x34", // the status register
    "0, 2, 0x34"
  })
  void anythingElse_doesNothing(int offset, int size, String value) {
    registers.write(offset, size, Long.decode(value));
    assertThat(poweredOff).isZero();
  }

  @Test
  void control_keepsSleepTypeAlone() {
    registers.write(CONTROL, 1, 0xFF);
    assertThat(registers.read(CONTROL, 1)).isEqualTo(0x1C);
    registers.reset();
    assertThat(registers.read(CONTROL, 1)).isZero();
  }

  @Test
  void read_ofBoth_isAllOnes() {
    assertThat(registers.read(CONTROL, 2)).isEqualTo(-1);
  }

  @Test
  void state_takesUpWhereItWas() {
    registers.write(CONTROL, 1, 0x0C);
    registers = new SleepRegisters(() -> poweredOff++, registers.state());
    assertThat(registers.read(CONTROL, 1)).isEqualTo(0x0C);
  }
}

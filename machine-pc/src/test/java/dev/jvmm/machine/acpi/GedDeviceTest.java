package dev.jvmm.machine.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GedDeviceTest {

  private boolean line;
  private GedDevice ged = new GedDevice(high -> line = high, GedDevice.State.POWER_ON);

  @Test
  void button_raisesAndIsReadOnce() {
    assertThat(ged.read(0, 4)).isZero();
    ged.pressPowerButton();
    ged.pressPowerButton();
    assertThat(line).isTrue();
    assertThat(ged.read(0, 4)).isEqualTo(1);
    assertThat(line).isFalse();
    assertThat(ged.read(0, 4)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 8})
  void otherWidths_forgetNothing(int size) {
    ged.pressPowerButton();
    assertThat(ged.read(0, size)).isEqualTo(-1);
    assertThat(line).isTrue();
    assertThat(ged.read(0, 4)).isEqualTo(1);
  }

  @Test
  void write_isIgnored() {
    ged.write(0, 4, -1);
    assertThat(line).isFalse();
    assertThat(ged.state()).isEqualTo(GedDevice.State.POWER_ON);
  }

  @Test
  void reset_forgets() {
    ged.pressPowerButton();
    ged.reset();
    assertThat(line).isFalse();
    assertThat(ged.read(0, 4)).isZero();
  }

  @Test
  void state_takesUpWhereItWas() {
    ged.pressPowerButton();
    GedDevice.State state = ged.state();
    line = false;
    ged = new GedDevice(high -> line = high, state);
    assertThat(line).isTrue();
    assertThat(ged.read(0, 4)).isEqualTo(1);
  }
}

package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.clock.ManualClock;
import org.junit.jupiter.api.Test;

class SystemControlPortBTest extends BusDeviceContract {

  private final ManualClock clock = new ManualClock();
  private final SystemControlPortB port =
      new SystemControlPortB(clock, SystemControlPortB.State.POWER_ON);

  @Override
  protected BusDevice newDevice() {
    return port;
  }

  @Override
  protected int length() {
    return 1;
  }

  @Test
  void refreshBit_toggles() {
    assertThat(port.read(0, 1)).isZero();
    clock.advance(15_085);
    assertThat(port.read(0, 1)).isEqualTo(0x10);
  }

  @Test
  void reasonsForAnNmi_areNever() {
    port.write(0, 1, 0xFF);
    assertThat(port.read(0, 1)).isEqualTo(0x0F);
  }
}

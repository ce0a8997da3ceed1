package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SystemControlPortATest extends BusDeviceContract {

  private final List<Boolean> resets = new ArrayList<>();
  private final SystemControlPortA port =
      new SystemControlPortA(resets::add, SystemControlPortA.State.POWER_ON);

  @Override
  protected BusDevice newDevice() {
    return port;
  }

  @Override
  protected int length() {
    return 1;
  }

  @Test
  void fastReset_isTheRisingEdgeOfBit0() {
    port.write(0, 1, 0x02);
    port.write(0, 1, 0x03);
    port.write(0, 1, 0x03);
    assertThat(resets).containsExactly(false);
  }

  @Test
  void a20_isOnAtPowerOnAndKept() {
    assertThat(port.read(0, 1)).isEqualTo(2);
    port.write(0, 1, 0);
    assertThat(port.read(0, 1)).isZero();
  }
}

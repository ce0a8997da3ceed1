package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ResetControlPortTest extends BusDeviceContract {

  private final List<Boolean> resets = new ArrayList<>();
  private final ResetControlPort port =
      new ResetControlPort(resets::add, ResetControlPort.State.POWER_ON);

  @Override
  protected BusDevice newDevice() {
    return port;
  }

  @Override
  protected int length() {
    return 1;
  }

  @Test
  void risingEdge_asksForTheKindOfResetThatWasChosen() {
    port.write(0, 1, 0x02);
    assertThat(resets).isEmpty();
    port.write(0, 1, 0x06);
    port.write(0, 1, 0x06);
    assertThat(resets).containsExactly(true);
    port.write(0, 1, 0x00);
    port.write(0, 1, 0x04);
    assertThat(resets).containsExactly(true, false);
  }

  @Test
  void register_keepsItsTwoBits() {
    port.write(0, 1, 0xFF);
    assertThat(port.read(0, 1)).isEqualTo(6);
    assertThat(port.state()).isEqualTo(new ResetControlPort.State(6));
    port.reset();
    assertThat(port.read(0, 1)).isZero();
  }
}

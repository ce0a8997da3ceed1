package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.bus.BusDevice;
import dev.jvmm.core.vm.ConfigException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DebugExitTest extends BusDeviceContract {

  private final List<Integer> codes = new ArrayList<>();
  private final DebugExit device = new DebugExit(codes::add);

  @Override
  protected BusDevice newDevice() {
    return device;
  }

  @Override
  protected int length() {
    return 4;
  }

  @Test
  void status_isTheValueDoubledPlusOneInEightBits() {
    device.write(0, 4, 0);
    device.write(0, 1, 0x10);
    device.write(0, 2, 0xFFFF);
    assertThat(codes).containsExactly(1, 0x21, 0xFF);
  }

  @Test
  void config_refusesPortsThatThereAreNot() {
    assertThatThrownBy(() -> new DebugExit.Config(0xFFFF, 4))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device isa-debug-exit: iobase=0xffff: ports end at 0xffff");
    assertThatThrownBy(() -> new DebugExit.Config(0x501, 0))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device isa-debug-exit: iosize=0: give 1 to 8 ports");
  }
}

package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import org.junit.jupiter.api.Test;

class PostPortTest extends BusDeviceContract {

  private final PostPort port = new PostPort();

  @Override
  protected BusDevice newDevice() {
    return port;
  }

  @Override
  protected int length() {
    return 1;
  }

  @Test
  void code_isWhatWasWrittenLast() {
    port.write(0, 1, 0x42);
    assertThat(port.code()).isEqualTo(0x42);
    assertThat(port.read(0, 1)).isEqualTo(0x42);
  }
}

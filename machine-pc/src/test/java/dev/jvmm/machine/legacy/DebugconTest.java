package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.bus.BusDevice;
import org.junit.jupiter.api.Test;

class DebugconTest extends BusDeviceContract {

  private final ScriptedChardev host = new ScriptedChardev();
  private final Debugcon port = new Debugcon(Debugcon.Config.DEFAULT, host);

  @Override
  protected BusDevice newDevice() {
    return port;
  }

  @Override
  protected int length() {
    return 1;
  }

  @Test
  void writes_goToTheHostAndReadsSayThatItIsThere() {
    port.write(0, 1, 'h');
    port.write(0, 1, 'i');
    assertThat(host.text()).isEqualTo("hi");
    assertThat(port.read(0, 1)).isEqualTo(0xE9);
  }

  @Test
  void hostThatTakesNothing_losesCountedCharacters() {
    host.takeOnly(0);
    port.write(0, 1, 'x');
    port.write(0, 1, 'y');
    assertThat(port.lost()).isEqualTo(2);
  }

  @Test
  void hostThatIsSlow_losesNothing() throws InterruptedException {
    host.connect(port);
    host.takeOnly(1);
    Thread guest =
        Thread.ofPlatform()
            .start(
                () -> {
                  port.write(0, 1, 'h');
                  port.write(0, 1, 'i');
                });
    while (guest.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }

    host.becomeWritable(1);

    guest.join();
    assertThat(host.text()).isEqualTo("hi");
    assertThat(port.lost()).isZero();
  }

  @Test
  void hostThatTakesAgain_isWaitedForAgain() {
    host.connect(port);
    host.takeOnly(0);
    port.write(0, 1, 'x');
    host.becomeWritable(1);
    port.write(0, 1, 'y');
    assertThat(host.text()).isEqualTo("y");
    assertThat(port.lost()).isEqualTo(1);
  }

  @Test
  void inputFromTheHost_isThrownAway() {
    host.connect(port);
    host.type("typed");
    assertThat(host.waiting()).isZero();
  }
}

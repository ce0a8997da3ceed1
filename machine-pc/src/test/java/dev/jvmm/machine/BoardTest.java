package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.Doorbells;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.Signal;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.legacy.DebugExit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BoardTest {

  private final Board board =
      new Board(
          new Board.Kernel(
              gsi -> level -> {},
              (address, data) -> {},
              () -> {
                throw new UnsupportedOperationException();
              },
              new Doorbells() {
                @Override
                public Doorbell newDoorbell(EventLoop loop, Runnable rung) {
                  throw new UnsupportedOperationException();
                }

                @Override
                public Doorbell newDoorbell(Signal rung) {
                  throw new UnsupportedOperationException();
                }
              }));

  private DebugExit put(int iobase, int length) {
    return board.userDevice("isa-debug-exit", iobase, length, new DebugExit(code -> {}));
  }

  /** KVM would answer for it, and the guest's exit would never come. */
  @ParameterizedTest
  @ValueSource(ints = {0x1F, 0x20, 0x21, 0x40, 0x43, 0x61, 0xA0, 0xA1, 0x4D0, 0x4D1})
  void userDevice_onAPortOfTheKernelsIsRefused(int iobase) {
    assertThatThrownBy(() -> put(iobase, 2))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(
            "device isa-debug-exit: iobase=%#x: KVM's interrupt controllers and timer are at"
                .formatted(iobase))
        .hasMessageEndingWith("; give another iobase");
  }

  @Test
  void userDevice_besideThemIsTaken() {
    assertThat(put(0x22, 2)).isNotNull();
    assertThat(put(0x44, 4)).isNotNull();
  }
}

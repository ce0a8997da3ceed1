package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.EventFd;
import java.util.OptionalLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class IoEventFdKvmTest {

  // mov al, 7; out 0x60, al; out 0x60, al; mov al, 8; out 0x60, al; out 0x80, al
  private static final int[] THREE_OUTS = {
    0xB0, 0x07, 0xE6, 0x60, 0xE6, 0x60, 0xB0, 0x08, 0xE6, 0x60, 0xE6, 0x80
  };

  @Test
  void port_signalsInsteadOfExiting() {
    try (TinyGuest guest = TinyGuest.realMode(THREE_OUTS);
        EventFd event = EventFd.create()) {
      guest.vm().ioeventfd(IoEventFd.port(event, 0x60, 1));

      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);

      assertThat(guest.kvmRun().ioPort()).isEqualTo(0x80);
      assertThat(event.drain()).isEqualTo(3);
    }
  }

  @Test
  void dataMatch_letsOtherValuesExit() {
    try (TinyGuest guest = TinyGuest.realMode(THREE_OUTS);
        EventFd event = EventFd.create()) {
      guest.vm().ioeventfd(new IoEventFd(event, 0x60, 1, true, OptionalLong.of(7)));

      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);

      assertThat(guest.kvmRun().ioPort()).isEqualTo(0x60);
      assertThat(guest.kvmRun().ioData(0)).isEqualTo(8);
      assertThat(event.drain()).isEqualTo(2);
    }
  }

  @Test
  void removed_exitsAgain() {
    try (TinyGuest guest = TinyGuest.realMode(THREE_OUTS);
        EventFd event = EventFd.create()) {
      IoEventFd watched = IoEventFd.port(event, 0x60, 1);
      guest.vm().ioeventfd(watched);
      guest.vm().removeIoeventfd(watched);

      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);

      assertThat(guest.kvmRun().ioPort()).isEqualTo(0x60);
      assertThat(event.drain()).isZero();
    }
  }

  @Test
  void mmio_ofAnyWidth_signals() {
    // mov [0], al; mov [0], ax; mov [4], al
    try (TinyGuest guest =
            TinyGuest.realMode(0xA2, 0x00, 0x00, 0xA3, 0x00, 0x00, 0xA2, 0x04, 0x00);
        EventFd event = EventFd.create()) {
      guest.vm().ioeventfd(IoEventFd.mmio(event, TinyGuest.WINDOW));

      assertThat(guest.runToExit()).isEqualTo(ExitReason.MMIO);

      assertThat(guest.kvmRun().mmioAddress()).isEqualTo(TinyGuest.WINDOW + 4);
      assertThat(event.drain()).isEqualTo(2);
    }
  }
}

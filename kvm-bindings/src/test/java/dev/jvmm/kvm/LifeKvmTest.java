package dev.jvmm.kvm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How a guest stops: by HLT, by a triple fault, by us. */
@Tag("kvm")
class LifeKvmTest {

  @Test
  void hlt_withoutIrqchip_exits() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
      assertThat(guest.regs().rip()).isEqualTo(TinyGuest.CODE + 1);
    }
  }

  @Test
  void tripleFault_isShutdown() {
    // ud2, with no IDT to take it
    try (TinyGuest guest = TinyGuest.longMode(0x0F, 0x0B)) {
      assertThat(guest.runToExit()).isEqualTo(ExitReason.SHUTDOWN);
    }
  }

  @Test
  void immediateExit_returnsBeforeTheGuestRuns() {
    try (TinyGuest guest = TinyGuest.realMode(0xF4)) {
      guest.kvmRun().setImmediateExit(true);

      assertThat(guest.vcpu().run()).isEqualTo(RunOutcome.INTERRUPTED);
      assertThat(guest.regs().rip()).isEqualTo(TinyGuest.CODE);

      guest.kvmRun().setImmediateExit(false);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
    }
  }

  @Test
  void immediateExit_completesThePortAccess() {
    // in al, 0x71; hlt
    try (TinyGuest guest = TinyGuest.realMode(0xE4, 0x71, 0xF4)) {
      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
      guest.kvmRun().setIoData(0, 0x5A);
      guest.kvmRun().setImmediateExit(true);

      assertThat(guest.vcpu().run()).isEqualTo(RunOutcome.INTERRUPTED);

      assertThat(guest.regs().rax() & 0xFF).isEqualTo(0x5A);
      assertThat(guest.regs().rip()).isEqualTo(TinyGuest.CODE + 2);
    }
  }
}

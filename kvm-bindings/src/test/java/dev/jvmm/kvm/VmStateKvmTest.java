package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.jvmm.kvm.uapi.kvm_irqchip;
import dev.jvmm.kvm.uapi.kvm_pit_state2;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What is written into a VM is what is read from it. */
@Tag("kvm")
class VmStateKvmTest {

  @Test
  void irqchip_roundTrip() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      MemorySegment chip = guest.struct(kvm_irqchip.sizeof());
      for (int id : new int[] {GsiRoute.PIC_MASTER, GsiRoute.PIC_SLAVE, GsiRoute.IOAPIC}) {
        guest.vm().getIrqchip(id, chip);
        guest.vm().setIrqchip(chip);
        MemorySegment again = guest.struct(kvm_irqchip.sizeof());
        guest.vm().getIrqchip(id, again);
        assertThat(again.mismatch(chip)).as("irqchip %d", id).isEqualTo(-1);
      }
    }
  }

  @Test
  void pit_roundTrip() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      guest.vm().createPit2(VmFd.PIT_SPEAKER_DUMMY);
      guest.vm().setPitReinject(false);
      MemorySegment pit = guest.struct(kvm_pit_state2.sizeof());
      guest.vm().getPit2(pit);
      pit.set(JAVA_BYTE, 24 + 12, (byte) 2); // the mode of channel 1, after 24 bytes of channel 0
      guest.vm().setPit2(pit);

      MemorySegment again = guest.struct(kvm_pit_state2.sizeof());
      guest.vm().getPit2(again);
      assertThat(again.get(JAVA_BYTE, 24 + 12)).isEqualTo((byte) 2);
    }
  }

  @Test
  void clock_goesOnWhereItWasSet() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      long hour = 3_600_000_000_000L;
      guest.vm().setClock(ClockData.at(hour));
      assertThat(guest.vm().getClock().clockNanos()).isBetween(hour, hour + hour / 60);
    }
  }

  @Test
  void enableCap_takesArguments() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      assertThat(guest.vm().checkExtension(Capability.X2APIC_API)).isPositive();
      assertThatCode(() -> guest.vm().enableCap(Capability.X2APIC_API, 3))
          .doesNotThrowAnyException();
    }
  }
}

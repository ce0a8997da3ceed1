package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.EventFd;
import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Interrupts on their ways into a guest: lines, irqfds and messages.
 *
 * <p>The real-mode guest sets up the PIC for vector 0x20 and up, writes {@value #READY} to say so,
 * and halts with interrupts on; its handler for IRQ 5 writes {@value #HANDLED}, ends the interrupt
 * and writes {@value #ENDED}.
 */
@Tag("kvm")
class InterruptKvmTest {

  private static final int READY = 0xA0;
  private static final int HANDLED = 0xA1;
  private static final int ENDED = 0xA2;
  private static final int GSI = 5;
  private static final int HANDLER = 0x3000;
  private static final int PORT = 0xE9;
  private static final long MSI_ADDRESS = 0xFEE0_0000L;
  private static final int MSI_VECTOR = 0x31;

  private static final int[] MAIN = {
    0xB0, 0x11, 0xE6, 0x20, // ICW1: edge, cascade, ICW4 follows
    0xB0, 0x20, 0xE6, 0x21, // ICW2: vectors from 0x20
    0xB0, 0x04, 0xE6, 0x21, // ICW3: the slave is at 2
    0xB0, 0x01, 0xE6, 0x21, // ICW4: 8086
    0xB0, 0xDF, 0xE6, 0x21, // OCW1: only IRQ 5
    0xB0, READY, 0xE6, PORT, 0xFB, // sti
    0xF4, // hlt
    0xEB, 0xFD, // jmp to hlt
  };

  private static final int[] HANDLER_CODE = {
    0xB0, HANDLED, 0xE6, PORT, 0xB0, 0x20, 0xE6, 0x20, // EOI
    0xB0, ENDED, 0xE6, PORT, 0xCF, // iret
  };

  private static TinyGuest readyGuest() {
    TinyGuest guest = TinyGuest.realModeWithIrqchip(MAIN);
    guest.load(HANDLER, HANDLER_CODE);
    guest.load((0x20 + GSI) * 4, 0x00, HANDLER >> 8, 0, 0);
    assertWrites(guest, READY);
    return guest;
  }

  private static void assertHandled(TinyGuest guest) {
    assertWrites(guest, HANDLED);
    assertWrites(guest, ENDED);
  }

  private static void assertWrites(TinyGuest guest, int value) {
    assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
    assertThat(guest.kvmRun().ioData(0)).isEqualTo(value);
  }

  @Test
  void irqLine_interruptsTheGuest() {
    try (TinyGuest guest = readyGuest()) {
      guest.vm().irqLine(GSI, true);
      guest.vm().irqLine(GSI, false);

      assertHandled(guest);
    }
  }

  @Test
  void irqfd_interruptsTheGuest_onceASignal() {
    try (TinyGuest guest = readyGuest();
        EventFd event = EventFd.create()) {
      guest.vm().irqfd(event, GSI);

      event.signal();
      assertHandled(guest);
      event.signal();
      assertHandled(guest);
    }
  }

  @Test
  void removeIrqfd_leavesTheSignalToUs() {
    try (TinyGuest guest = readyGuest();
        EventFd event = EventFd.create()) {
      guest.vm().irqfd(event, GSI);
      guest.vm().removeIrqfd(event, GSI);

      event.signal();

      assertThat(event.drain()).isEqualTo(1);
    }
  }

  @Test
  void resample_isToldOfTheEndOfInterrupt() {
    try (TinyGuest guest = readyGuest();
        EventFd event = EventFd.create();
        EventFd resample = EventFd.create()) {
      guest.vm().irqfd(event, GSI, resample);

      event.signal();
      assertWrites(guest, HANDLED);
      assertThat(resample.drain()).isZero();
      assertWrites(guest, ENDED);
      assertThat(resample.drain()).isEqualTo(1);
    }
  }

  @Test
  void gsiRouting_movesAnInterrupt() {
    try (TinyGuest guest = readyGuest();
        EventFd event = EventFd.create()) {
      guest.vm().setGsiRouting(List.of(new GsiRoute.Pin(24, GsiRoute.PIC_MASTER, GSI)));
      guest.vm().irqfd(event, 24);

      event.signal();

      assertHandled(guest);
    }
  }

  @Test
  void signalMsi_reachesTheLocalApic() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      enableLapic(guest);

      assertThat(guest.vm().signalMsi(MSI_ADDRESS, MSI_VECTOR)).isTrue();

      assertThat(requested(guest, MSI_VECTOR)).isTrue();
    }
  }

  @Test
  void signalMsi_toADisabledApic_isNotTaken() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4)) {
      assertThat(requested(guest, MSI_VECTOR)).isFalse();
      assertThat(guest.vm().signalMsi(MSI_ADDRESS, MSI_VECTOR)).isFalse();
    }
  }

  @Test
  void irqfd_overAnMsiRoute_reachesTheLocalApic() {
    try (TinyGuest guest = TinyGuest.realModeWithIrqchip(0xF4);
        EventFd event = EventFd.create()) {
      enableLapic(guest);
      guest.vm().setGsiRouting(List.of(new GsiRoute.Msi(30, MSI_ADDRESS, MSI_VECTOR)));
      guest.vm().irqfd(event, 30);

      event.signal();

      // The kernel may deliver it by a work queue of its own.
      long deadline = System.nanoTime() + 5_000_000_000L;
      while (!requested(guest, MSI_VECTOR) && System.nanoTime() < deadline) {
        Thread.onSpinWait();
      }
      assertThat(requested(guest, MSI_VECTOR)).isTrue();
    }
  }

  /** The spurious-interrupt register's bit 8. */
  private static void enableLapic(TinyGuest guest) {
    MemorySegment lapic = guest.struct(1024);
    guest.vcpu().getLapic(lapic);
    lapic.set(JAVA_INT, 0xF0, 0x1FF);
    guest.vcpu().setLapic(lapic);
  }

  /** The vector's bit in the interrupt request register. */
  private static boolean requested(TinyGuest guest, int vector) {
    MemorySegment lapic = guest.struct(1024);
    guest.vcpu().getLapic(lapic);
    int word = lapic.get(JAVA_INT, 0x200 + vector / 32 * 0x10);
    return ((word >> (vector % 32)) & 1) != 0;
  }
}

package dev.jvmm.kvm;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.linux.Mapping;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Memory slots in the window that DS begins at. */
@Tag("kvm")
class MemorySlotKvmTest {

  private static final int PAGE = 4096;

  // loop: mov al, [0]; out 0x80, al; jmp loop
  private static final int[] READ_FOREVER = {0xA0, 0x00, 0x00, 0xE6, 0x80, 0xEB, 0xF9};

  @Test
  void slot_canBeRemovedAndAddedAgain() {
    try (TinyGuest guest = TinyGuest.realMode(READ_FOREVER);
        Mapping first = Mapping.guestRam(PAGE, TinyGuest.WINDOW);
        Mapping second = Mapping.guestRam(PAGE, TinyGuest.WINDOW)) {
      first.segment().set(JAVA_BYTE, 0, (byte) 0x11);
      second.segment().set(JAVA_BYTE, 0, (byte) 0x22);

      guest.vm().setUserMemoryRegion(slot(first, 0));
      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
      assertThat(guest.kvmRun().ioData(0)).isEqualTo(0x11);

      guest.vm().setUserMemoryRegion(MemorySlot.removed(1));
      assertThat(guest.runToExit()).isEqualTo(ExitReason.MMIO);
      assertThat(guest.kvmRun().mmioAddress()).isEqualTo(TinyGuest.WINDOW);
      guest.kvmRun().setMmioData(0x33);
      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
      assertThat(guest.kvmRun().ioData(0)).isEqualTo(0x33);

      guest.vm().setUserMemoryRegion(slot(second, 0));
      assertThat(guest.runToExit()).isEqualTo(ExitReason.IO);
      assertThat(guest.kvmRun().ioData(0)).isEqualTo(0x22);
    }
  }

  @Test
  void readonlySlot_readsAsMemory_writesAsMmio() {
    // mov al, [0]; mov [1], al; hlt
    try (TinyGuest guest = TinyGuest.realMode(0xA0, 0x00, 0x00, 0xA2, 0x01, 0x00, 0xF4);
        Mapping rom = Mapping.guestRam(PAGE, TinyGuest.WINDOW)) {
      rom.segment().set(JAVA_BYTE, 0, (byte) 0x44);
      guest.vm().setUserMemoryRegion(slot(rom, MemorySlot.READONLY));

      assertThat(guest.runToExit()).isEqualTo(ExitReason.MMIO);

      assertThat(guest.kvmRun().mmioIsWrite()).isTrue();
      assertThat(guest.kvmRun().mmioAddress()).isEqualTo(TinyGuest.WINDOW + 1);
      assertThat(guest.kvmRun().mmioData()).isEqualTo(0x44);
      assertThat(rom.segment().get(JAVA_BYTE, 1)).isZero();
    }
  }

  @Test
  void dirtyLog_namesThePagesWrittenSince() {
    int[] writePages1And3 = {
      0xA2, 0x00, 0x10, // mov [0x1000], al
      0xA2, 0x00, 0x30, // mov [0x3000], al
      0xF4, // hlt
      0xA2, 0x04, 0x20, // mov [0x2004], al
      0xF4,
    };
    try (TinyGuest guest = TinyGuest.realMode(writePages1And3);
        Mapping memory = Mapping.guestRam(8 * PAGE, TinyGuest.WINDOW)) {
      guest.vm().setUserMemoryRegion(slot(memory, MemorySlot.LOG_DIRTY_PAGES));
      MemorySegment bitmap = guest.struct(Long.BYTES);

      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
      guest.vm().dirtyLog(1, bitmap);
      assertThat(bitmap.get(JAVA_LONG, 0)).isEqualTo(0b1010);

      assertThat(guest.runToExit()).isEqualTo(ExitReason.HLT);
      guest.vm().dirtyLog(1, bitmap);
      assertThat(bitmap.get(JAVA_LONG, 0)).isEqualTo(0b0100);
    }
  }

  private static MemorySlot slot(Mapping memory, int flags) {
    return new MemorySlot(1, flags, TinyGuest.WINDOW, memory.sizeBytes(), memory.address());
  }
}

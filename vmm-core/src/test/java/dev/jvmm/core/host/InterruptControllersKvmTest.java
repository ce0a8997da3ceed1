package dev.jvmm.core.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.kvm.Kvm;
import dev.jvmm.kvm.VmFd;
import dev.jvmm.kvm.uapi.kvm_irqchip;
import dev.jvmm.kvm.uapi.kvm_pic_state;
import dev.jvmm.kvm.uapi.kvm_pit_channel_state;
import dev.jvmm.kvm.uapi.kvm_pit_state2;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("kvm")
class InterruptControllersKvmTest {

  private static final int CHIPS = 3;
  private static final int CHANNELS = 3;

  @BeforeAll
  static void kvmOpens() {
    Path kvm = Path.of("/dev/kvm");
    assumeTrue(Files.isReadable(kvm) && Files.isWritable(kvm), "/dev/kvm can't be opened");
  }

  @Test
  void reset_givesWhatKvmMakesAtFirst() {
    try (Kvm kvm = Kvm.open();
        VmFd vm = kvm.createVm();
        Arena arena = Arena.ofConfined()) {
      vm.createIrqchip();
      vm.createPit2(VmFd.PIT_SPEAKER_DUMMY);
      InterruptControllers controllers = new InterruptControllers(vm);
      controllers.pitCreated();
      List<String> fresh = stateOf(vm, arena);
      disturb(vm, arena);
      List<String> disturbed = stateOf(vm, arena);
      assertThat(disturbed).doesNotContainAnyElementsOf(fresh);

      controllers.reset();

      assertThat(stateOf(vm, arena)).isEqualTo(fresh);
    }
  }

  @Test
  void levelInputs_areThoseThatCanBeAndStayThroughAReset() {
    try (Kvm kvm = Kvm.open();
        VmFd vm = kvm.createVm();
        Arena arena = Arena.ofConfined()) {
      vm.createIrqchip();
      InterruptControllers controllers = new InterruptControllers(vm);
      controllers.levelInputs(0xFFFF);
      assertThat(elcr(vm, arena, 0)).isEqualTo((byte) 0xF8);
      assertThat(elcr(vm, arena, 1)).isEqualTo((byte) 0xDE);

      controllers.levelInputs(1 << 5 | 1 << 10);
      controllers.reset();

      assertThat(elcr(vm, arena, 0)).isEqualTo((byte) (1 << 5));
      assertThat(elcr(vm, arena, 1)).isEqualTo((byte) (1 << 2));
    }
  }

  private static byte elcr(VmFd vm, Arena arena, int chip) {
    MemorySegment irqchip = kvm_irqchip.allocate(arena);
    vm.getIrqchip(chip, irqchip);
    return kvm_pic_state.elcr(kvm_irqchip.chip.pic(kvm_irqchip.chip(irqchip)));
  }

  private static List<String> stateOf(VmFd vm, Arena arena) {
    List<String> state = new ArrayList<>();
    for (int chip = 0; chip < CHIPS; chip++) {
      MemorySegment irqchip = kvm_irqchip.allocate(arena);
      vm.getIrqchip(chip, irqchip);
      state.add(hex(irqchip));
    }
    MemorySegment pit = kvm_pit_state2.allocate(arena);
    vm.getPit2(pit);
    for (int i = 0; i < CHANNELS; i++) {
      kvm_pit_channel_state.count_load_time(kvm_pit_state2.channels(pit, i), 0); // of the host
    }
    state.add(hex(pit));
    return state;
  }

  /** Sets what is not zero at first, and some of what is. */
  private static void disturb(VmFd vm, Arena arena) {
    for (int chip = 0; chip < CHIPS; chip++) {
      MemorySegment irqchip = kvm_irqchip.allocate(arena);
      vm.getIrqchip(chip, irqchip);
      MemorySegment registers = kvm_irqchip.chip(irqchip);
      registers.set(ValueLayout.JAVA_BYTE, 2, (byte) 0x55); // imr; or the I/O APIC's base
      registers.set(ValueLayout.JAVA_LONG, 24, 0x1234); // the I/O APIC's first entry
      vm.setIrqchip(irqchip);
    }
    MemorySegment pit = kvm_pit_state2.allocate(arena);
    vm.getPit2(pit);
    kvm_pit_channel_state.mode(kvm_pit_state2.channels(pit, 2), (byte) 3);
    kvm_pit_channel_state.count(kvm_pit_state2.channels(pit, 2), 0x1234);
    vm.setPit2(pit);
  }

  private static String hex(MemorySegment segment) {
    return HexFormat.of().formatHex(segment.toArray(ValueLayout.JAVA_BYTE));
  }
}

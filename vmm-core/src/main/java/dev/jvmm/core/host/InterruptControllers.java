package dev.jvmm.core.host;

import dev.jvmm.core.state.Resettable;
import dev.jvmm.kvm.VmFd;
import dev.jvmm.kvm.uapi.kvm_ioapic_state;
import dev.jvmm.kvm.uapi.kvm_irqchip;
import dev.jvmm.kvm.uapi.kvm_pic_state;
import dev.jvmm.kvm.uapi.kvm_pit_channel_state;
import dev.jvmm.kvm.uapi.kvm_pit_state2;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The in-kernel PICs, I/O APIC and PIT: KVM keeps their state over a reset unless we put it back. A
 * test compares the outcome with controllers that KVM has just made.
 *
 * <p>Thread: called by one thread at a time, while the vCPUs stand.
 */
public final class InterruptControllers implements Resettable {

  private static final int PIC_MASTER = 0;
  private static final int PIC_SLAVE = 1;
  private static final int IOAPIC = 2;

  // Which inputs of the two can be switched to level (i8259 as in the PIIX: ELCR).
  private static final byte MASTER_ELCR_MASK = (byte) 0xF8;
  private static final byte SLAVE_ELCR_MASK = (byte) 0xDE;

  private static final long IOAPIC_GPA = 0xFEC0_0000L;
  private static final int IOAPIC_PINS = 24;
  private static final long REDIRECTION_MASKED = 1 << 16;

  private static final int PIT_CHANNELS = 3;
  private static final int PIT_SPEAKER = 2;
  private static final int PIT_COUNT_POWER_ON = 0x10000;
  private static final byte PIT_MODE_NONE = (byte) 0xFF;

  private final VmFd vm;
  private boolean pit;
  private int levelInputs;

  InterruptControllers(VmFd vm) {
    this.vm = vm;
  }

  void pitCreated() {
    pit = true;
  }

  /**
   * Switches inputs of the two PICs to level, as firmware does for shared interrupts where the
   * guest has no tables to learn it from; a reset leaves them so.
   *
   * @param inputs a bit for each of 16; those that can only be edges are ignored
   */
  public void levelInputs(int inputs) {
    levelInputs = inputs;
    try (Arena arena = Arena.ofConfined()) {
      resetPics(arena);
    }
  }

  @Override
  public void reset() {
    try (Arena arena = Arena.ofConfined()) {
      resetPics(arena);
      resetIoApic(arena);
      if (pit) {
        resetPit(arena);
      }
    }
  }

  private void resetPics(Arena arena) {
    resetPic(arena, PIC_MASTER, MASTER_ELCR_MASK, (byte) levelInputs);
    resetPic(arena, PIC_SLAVE, SLAVE_ELCR_MASK, (byte) (levelInputs >>> 8));
  }

  private void resetPic(Arena arena, int chip, byte elcrMask, byte elcr) {
    MemorySegment state = kvm_irqchip.allocate(arena);
    kvm_irqchip.chip_id(state, chip);
    MemorySegment pic = kvm_irqchip.chip.pic(kvm_irqchip.chip(state));
    kvm_pic_state.elcr(pic, (byte) (elcr & elcrMask));
    kvm_pic_state.elcr_mask(pic, elcrMask);
    vm.setIrqchip(state);
  }

  private void resetIoApic(Arena arena) {
    MemorySegment state = kvm_irqchip.allocate(arena);
    kvm_irqchip.chip_id(state, IOAPIC);
    MemorySegment ioapic = kvm_irqchip.chip.ioapic(kvm_irqchip.chip(state));
    kvm_ioapic_state.base_address(ioapic, IOAPIC_GPA);
    MemorySegment table = kvm_ioapic_state.redirtbl(ioapic);
    for (int pin = 0; pin < IOAPIC_PINS; pin++) {
      table.set(ValueLayout.JAVA_LONG, (long) pin * Long.BYTES, REDIRECTION_MASKED);
    }
    vm.setIrqchip(state);
  }

  private void resetPit(Arena arena) {
    MemorySegment state = kvm_pit_state2.allocate(arena);
    for (int i = 0; i < PIT_CHANNELS; i++) {
      MemorySegment channel = kvm_pit_state2.channels(state, i);
      kvm_pit_channel_state.count(channel, PIT_COUNT_POWER_ON);
      kvm_pit_channel_state.mode(channel, PIT_MODE_NONE);
      kvm_pit_channel_state.gate(channel, (byte) (i == PIT_SPEAKER ? 0 : 1));
    }
    vm.setPit2(state);
  }
}

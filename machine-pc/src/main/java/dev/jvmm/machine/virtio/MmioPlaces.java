package dev.jvmm.machine.virtio;

import dev.jvmm.virtio.mmio.VirtioMmio;

/**
 * Where the virtio devices of a microvm are, in the order of their numbers: QEMU's addresses, and
 * interrupts that no other device has. There are fewer interrupts than places, so the places share
 * them in turn.
 *
 * <p>With ACPI the interrupts are the I/O APIC's inputs that no PIC has. Without, they are inputs
 * of the PICs: a guest may know of no I/O APIC, and the multiprocessor table names no others.
 *
 * <p>Thread: immutable.
 *
 * @param acpi whether the guest finds ACPI tables
 */
public record MmioPlaces(boolean acpi) {

  /** How many there are. */
  public static final int COUNT = 24;

  private static final long BASE = 0xFEB0_0000L;

  private static final int IOAPIC_FIRST = 16;
  private static final int IOAPIC_COUNT = 8;

  /** Not 7 and 15, where a PIC's spurious interrupts come. */
  private static final int[] PIC_INPUTS = {5, 6, 9, 10, 11, 12, 14};

  /** Where the registers of a device are. */
  long base(int index) {
    return BASE + VirtioMmio.SIZE_BYTES * index;
  }

  /** The interrupt of a device. */
  int gsi(int index) {
    return acpi ? IOAPIC_FIRST + index % IOAPIC_COUNT : PIC_INPUTS[index % PIC_INPUTS.length];
  }

  /**
   * What a kernel's command line says of the first {@code count} places; nothing with ACPI, which
   * says it, too, and a device announced twice is two.
   */
  public String commandLine(int count) {
    StringBuilder words = new StringBuilder();
    for (int i = 0; i < count && !acpi; i++) {
      words.append(i == 0 ? "" : " ");
      words.append(
          "virtio_mmio.device=%d@0x%x:%d".formatted(VirtioMmio.SIZE_BYTES, base(i), gsi(i)));
    }
    return words.toString();
  }

  /** The inputs of PICs that are among the interrupts, a bit each: shared, so they are levels. */
  public int levelInputs() {
    int inputs = 0;
    for (int input : PIC_INPUTS) {
      inputs |= 1 << input;
    }
    return inputs;
  }
}

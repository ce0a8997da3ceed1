package dev.jvmm.machine.acpi;

import dev.jvmm.machine.acpi.aml.Aml;
import dev.jvmm.machine.acpi.aml.ResourceTemplate;

/**
 * A virtio-mmio device as Linux finds it by ACPI: {@code LNRO0005} with memory and interrupt.
 *
 * <p>Thread: immutable.
 *
 * @param index counts these windows, 0 to 255
 * @param base where its registers start, below 4 GiB
 * @param size how many bytes they take
 * @param gsi its interrupt, level, active high, perhaps another window's as well
 */
public record VirtioMmioWindow(int index, long base, long size, int gsi) implements DsdtDevice {

  /** Refuses a window that the description has no room for. */
  public VirtioMmioWindow {
    if (index < 0 || index > 0xFF || base < 0 || size < 1 || base > 0x1_0000_0000L - size) {
      throw new IllegalArgumentException("window %d %#x+%#x".formatted(index, base, size));
    }
  }

  @Override
  public byte[] aml() {
    return Aml.device(
        new String(new char[] {'V', 'R', hexDigit(index >> 4), hexDigit(index)}),
        Aml.name("_HID", Aml.string("LNRO0005")),
        Aml.name("_UID", Aml.integer(index)),
        Aml.name(
            "_CRS",
            new ResourceTemplate().memory32Fixed(base, size).sharedLevelInterrupt(gsi).toAml()));
  }

  private static char hexDigit(int value) {
    return "0123456789ABCDEF".charAt(value & 0xF);
  }
}

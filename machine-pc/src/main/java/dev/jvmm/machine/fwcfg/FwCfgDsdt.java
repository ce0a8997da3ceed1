package dev.jvmm.machine.fwcfg;

import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.acpi.aml.Aml;
import dev.jvmm.machine.acpi.aml.ResourceTemplate;

/**
 * The firmware configuration device as Linux finds it by ACPI: {@code QEMU0002} with its ports.
 *
 * <p>Thread: immutable.
 */
public final class FwCfgDsdt implements DsdtDevice {

  private static final int PORTS = 12; // selector, data, two unused, DMA

  /** Present, decoding and working, but nothing to show to a user (ACPI 6.3, 6.3.7). */
  private static final int STATUS = 0xB;

  /** There is one of it, always at the same place. */
  public FwCfgDsdt() {}

  @Override
  public byte[] aml() {
    return Aml.device(
        "FWCF",
        Aml.name("_HID", Aml.string("QEMU0002")),
        Aml.name("_STA", Aml.integer(STATUS)),
        Aml.name("_CRS", new ResourceTemplate().io(FwCfg.SELECTOR_PORT, PORTS).toAml()));
  }
}

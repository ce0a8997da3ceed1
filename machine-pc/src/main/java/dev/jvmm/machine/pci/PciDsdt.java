package dev.jvmm.machine.pci;

import dev.jvmm.machine.acpi.DsdtDevice;
import dev.jvmm.machine.acpi.aml.Aml;
import dev.jvmm.machine.acpi.aml.AmlCode;
import dev.jvmm.machine.acpi.aml.ResourceTemplate;

/**
 * The root of the PCI bus as ACPI announces it: {@code PNP0A03} with the windows of its host
 * bridge, and the lines that its slots' pins are wired to (ACPI 6.3, 6.2.13; PCI Firmware 3.2, 4).
 *
 * <p>The lines are link devices with one setting each rather than numbers in {@code _PRT}: only a
 * link device can say that a line is active high.
 *
 * <p>Thread: immutable.
 *
 * @param windows where BARs may be
 */
@SuppressWarnings("exports") // for the composition root alone
public record PciDsdt(PciWindows windows) implements DsdtDevice {

  private static final int LAST_PORT = 0xFFFF;
  private static final int ALL_FUNCTIONS = 0xFFFF;
  private static final String[] LINKS = {"LNKA", "LNKB", "LNKC", "LNKD"};

  @Override
  public byte[] aml() {
    byte[][] terms = new byte[4 + LINKS.length][];
    terms[0] = Aml.name("_HID", Aml.eisaId("PNP0A03"));
    terms[1] = Aml.name("_UID", Aml.integer(0));
    terms[2] = Aml.name("_CRS", resources());
    for (int line = 0; line < LINKS.length; line++) {
      terms[3 + line] = link(line);
    }
    terms[3 + LINKS.length] = Aml.name("_PRT", routes());
    return Aml.device("PCI0", terms);
  }

  private byte[] resources() {
    ResourceTemplate resources =
        new ResourceTemplate()
            .busNumbers(0, 0xFF)
            .io(ConfigPorts.CONFIG_ADDRESS, 8)
            .ioWindow(0, ConfigPorts.CONFIG_ADDRESS - 1)
            .ioWindow(ConfigPorts.CONFIG_ADDRESS + 8, LAST_PORT)
            .memoryWindow32(PciWindows.LOW_START, PciWindows.LOW_END - PciWindows.LOW_START);
    if (windows.highBytes() > 0) {
      resources.memoryWindow64(windows.highStart(), windows.highBytes());
    }
    return resources.toAml();
  }

  /** A line that is where it is: what it could be is what it is, and setting it does nothing. */
  private static byte[] link(int line) {
    byte[] interrupt = new ResourceTemplate().sharedLevelInterrupt(Interrupts.gsi(line)).toAml();
    return Aml.device(
        LINKS[line],
        Aml.name("_HID", Aml.eisaId("PNP0C0F")),
        Aml.name("_UID", Aml.integer(line)),
        Aml.name("_PRS", interrupt),
        Aml.name("_CRS", interrupt),
        Aml.method("_DIS", 0),
        Aml.method("_SRS", 1));
  }

  private static byte[] routes() {
    byte[][] pins = new byte[Interrupts.PINS][];
    byte[][] links = new byte[LINKS.length][];
    for (int i = 0; i < Interrupts.PINS; i++) {
      pins[i] = Aml.integer(i);
      links[i] = AmlCode.object(LINKS[i]);
    }
    byte[] none = Aml.integer(0);
    byte[][] routes = new byte[PciAddress.SLOTS * Interrupts.PINS][];
    int count = 0;
    for (int slot = 0; slot < PciAddress.SLOTS; slot++) {
      byte[] address = Aml.integer(((long) slot << 16) | ALL_FUNCTIONS);
      for (int pin = 0; pin < Interrupts.PINS; pin++) {
        routes[count++] =
            Aml.packageOf(address, pins[pin], links[Interrupts.line(slot, pin)], none);
      }
    }
    return Aml.packageOf(routes);
  }
}

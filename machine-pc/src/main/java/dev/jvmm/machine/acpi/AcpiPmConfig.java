package dev.jvmm.machine.acpi;

/**
 * Where the ACPI PM block is and how wide its timer counts.
 *
 * <p>Thread: immutable.
 *
 * @param port the first of its {@link AcpiPm#LENGTH} ports, a multiple of 4
 * @param sciGsi the global system interrupt of its events, an ISA one
 * @param timerBits 24 or 32
 */
public record AcpiPmConfig(int port, int sciGsi, int timerBits) implements AcpiPlatform {

  /** Where firmware puts a PIIX4's: port 0x600, interrupt 9, with the wider timer. */
  public static final AcpiPmConfig PC = new AcpiPmConfig(0x600, 9, 32);

  /** Refuses a place that the registers don't fit, and a timer that the specification lacks. */
  public AcpiPmConfig {
    if (port < 0 || port > 0x10000 - AcpiPm.LENGTH || (port & 3) != 0) {
      throw new IllegalArgumentException("PM block at %#x".formatted(port));
    }
    if (sciGsi < 0 || sciGsi > 15) {
      throw new IllegalArgumentException("SCI " + sciGsi);
    }
    if (timerBits != 24 && timerBits != 32) {
      throw new IllegalArgumentException("PM timer of " + timerBits + " bits");
    }
  }
}

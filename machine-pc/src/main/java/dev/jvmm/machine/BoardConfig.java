package dev.jvmm.machine;

/**
 * Which board, and which of its optional parts are there ({@code -machine}).
 *
 * @param type the board
 * @param acpi whether the guest finds ACPI tables
 * @param serial whether there are COM ports (an option of {@code microvm})
 * @param rtc whether there is a CMOS clock (an option of {@code microvm})
 * @param pit whether there is an i8254 timer (an option of {@code microvm})
 * @param pic whether there is a pair of i8259 (an option of {@code microvm})
 */
public record BoardConfig(
    Type type, boolean acpi, boolean serial, boolean rtc, boolean pit, boolean pic) {

  /** The boards that there are. */
  public enum Type {
    /** i440fx-like, with everything a PC has; the default. */
    PC("pc", "Standard PC"),
    /** No PCI, hardware-reduced ACPI: the small one. */
    MICROVM("microvm", "MicroVM");

    private final String text;
    private final String product;

    Type(String text, String product) {
      this.text = text;
      this.product = product;
    }

    /** As {@code -machine} spells it. */
    public String text() {
      return text;
    }

    /** As SMBIOS calls it, where the user says nothing. */
    public String product() {
      return product;
    }
  }

  /** A {@code pc} has all of its parts. */
  public static final BoardConfig PC = new BoardConfig(Type.PC, true, true, true, true, true);

  /** A {@code microvm} as QEMU's: all parts, each of which can be switched off. */
  public static final BoardConfig MICROVM =
      new BoardConfig(Type.MICROVM, true, true, true, true, true);
}

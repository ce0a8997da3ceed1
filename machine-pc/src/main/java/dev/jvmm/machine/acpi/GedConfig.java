package dev.jvmm.machine.acpi;

/**
 * Where the generic event device is.
 *
 * <p>Thread: immutable.
 *
 * @param port the first of its {@link GedDevice#LENGTH} ports
 * @param gsi its global system interrupt, level, active high, not shared
 */
public record GedConfig(int port, int gsi) {

  /** The place in the machine microvm. */
  public static final GedConfig MICROVM = new GedConfig(0x600, 9);

  /** Refuses what is no port or no interrupt. */
  public GedConfig {
    if (port < 0 || port > 0x10000 - GedDevice.LENGTH || gsi < 0) {
      throw new IllegalArgumentException("event device at %#x, GSI %d".formatted(port, gsi));
    }
  }
}

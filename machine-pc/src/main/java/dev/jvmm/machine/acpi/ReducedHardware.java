package dev.jvmm.machine.acpi;

/**
 * Hardware-reduced ACPI, as the machine microvm has it.
 *
 * <p>Thread: immutable.
 *
 * @param ged what tells the guest of the power button
 * @param sleepPort the first port of the {@link SleepRegisters}
 */
public record ReducedHardware(GedConfig ged, int sleepPort) implements AcpiPlatform {

  /** The places in the machine microvm. */
  public static final ReducedHardware MICROVM = new ReducedHardware(GedConfig.MICROVM, 0x604);

  /** Refuses ports that overlap the event device's, or are none. */
  public ReducedHardware {
    if (sleepPort < 0
        || sleepPort > 0x10000 - SleepRegisters.LENGTH
        || (sleepPort < ged.port() + GedDevice.LENGTH
            && ged.port() < sleepPort + SleepRegisters.LENGTH)) {
      throw new IllegalArgumentException("sleep port %#x, %s".formatted(sleepPort, ged));
    }
  }
}

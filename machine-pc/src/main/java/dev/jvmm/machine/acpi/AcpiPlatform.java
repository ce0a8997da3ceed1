package dev.jvmm.machine.acpi;

/**
 * The two kinds of ACPI hardware: the fixed registers of a PC (ACPI 6.3, 4.8), or hardware-reduced
 * ACPI (4.1), which has sleep registers and an event device in their place.
 *
 * <p>Thread: immutable.
 */
public sealed interface AcpiPlatform permits AcpiPmConfig, ReducedHardware {}

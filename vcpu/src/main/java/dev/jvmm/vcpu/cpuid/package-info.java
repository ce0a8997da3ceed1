/**
 * What a guest's CPUs say of themselves: models, features, topology, and the CPUID leaves of each.
 *
 * <p>Called by the command line and embedders (configuration), by ACPI's tables (APIC ids) and by
 * the vCPUs (leaves).
 *
 * <p>Must not know threads or how a CPU runs.
 */
package dev.jvmm.vcpu.cpuid;

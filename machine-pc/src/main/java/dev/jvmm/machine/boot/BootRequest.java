package dev.jvmm.machine.boot;

import java.util.List;

/**
 * What a kernel is booted with.
 *
 * <p>Thread: immutable.
 *
 * @param modules Linux takes one at most, its initrd; MultiBoot takes many
 * @param commandLine of the kernel
 * @param map what the guest is told of its memory, ascending; kernel and modules go into its usable
 *     entries
 * @param rsdpGpa where ACPI's root pointer lies, 0 without ACPI
 */
public record BootRequest(
    List<BootModule> modules, String commandLine, List<E820Entry> map, long rsdpGpa) {

  /** Copies the lists. */
  public BootRequest {
    modules = List.copyOf(modules);
    map = List.copyOf(map);
  }
}

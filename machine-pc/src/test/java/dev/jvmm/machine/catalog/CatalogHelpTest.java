package dev.jvmm.machine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CatalogHelpTest {

  @Test
  void devices_oneLineEach() {
    assertThat(CatalogHelp.devices())
        .contains(
            """
            Storage devices:
            name "virtio-blk-pci", bus PCI, desc "a disk"
            name "virtio-blk-device", bus virtio-bus, desc "a disk"
            """)
        .contains(
            """

            Input devices:
            name "isa-serial", bus ISA, desc "a serial port, 16550A"
            """)
        .contains(
            """

            Misc devices:
            name "isa-debug-exit", bus ISA, desc "a write of N to its port ends jvmm with status 2N+1"
            name "isa-debugcon", bus ISA, desc "a port that passes each byte on to a character device"
            """)
        .contains(
            """
            name "virtio-rng-pci", bus PCI, desc "random bytes for the guest"
            name "virtio-rng-device", bus virtio-bus, desc "random bytes for the guest"
            """);
  }

  @Test
  void device_itsProperties() {
    assertThat(CatalogHelp.device(DeviceCatalog.ISA_DEBUG_EXIT))
        .isEqualTo(
            """
            isa-debug-exit options:
              iobase=<uint16>        - the first of its ports (default: 0x501)
              iosize=<uint16>        - how many ports it has (default: 0x02)
              id=<str>               - its name in messages
            """);
  }

  @Test
  void machines_oneIsTheDefault() {
    assertThat(CatalogHelp.machines())
        .isEqualTo(
            """
            Supported machines are:
            microvm              a small machine: no PCI, hardware-reduced ACPI
            pc                   a PC with serial ports, RTC, PS/2 and ACPI (default)
            """);
  }

  @Test
  void machine_itsProperties() {
    assertThat(CatalogHelp.machine(MachineType.require("microvm")))
        .startsWith("microvm options:\n  acpi=<bool>            - ACPI tables")
        .contains("\n  pit=<bool> ");
  }

  @Test
  void chardevs_allBackends() {
    assertThat(CatalogHelp.chardevs())
        .startsWith("Available chardev backend types:\n  stdio ")
        .contains("\n  pty ", "\n  file ", "\n  null ", "\n  socket ");
  }
}

package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class GuestBootTest {

  @Test
  void drivers_areThoseOfTheDevices() {
    assertThat(GuestBoot.drivers(Machine.pc().device("virtio-rng-pci").config()))
        .contains("virtio_pci", "virtio_rng")
        .doesNotContain("virtio_mmio", "virtio_blk");
    assertThat(GuestBoot.drivers(Machine.microvm().device("virtio-rng-device").config()))
        .contains("virtio_mmio", "virtio_rng")
        .doesNotContain("virtio_pci");
    assertThat(GuestBoot.drivers(Machine.pc().config())).doesNotContain("virtio_pci");
  }

  @Test
  void commandLine_tellsOfDevicesWhereNothingElseDoes() {
    MachineBuilder builder = Machine.microvm().machine("acpi=off").device("virtio-rng-device");
    assertThat(GuestBoot.withDevices(builder.config(), "quiet"))
        .isEqualTo("quiet virtio_mmio.device=512@0xfeb00000:5");
    assertThat(GuestBoot.withDevices(builder.machine("acpi=on").config(), "quiet"))
        .isEqualTo("quiet");
    assertThat(GuestBoot.withDevices(Machine.pc().device("virtio-rng-pci").config(), "quiet"))
        .isEqualTo("quiet");
  }
}

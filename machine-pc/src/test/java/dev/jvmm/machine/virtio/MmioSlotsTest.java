package dev.jvmm.machine.virtio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.bus.Bus;
import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.event.Doorbell;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.state.Resettable;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.acpi.VirtioMmioWindow;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.machine.catalog.DeviceProperties;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.rng.RngConfig;
import dev.jvmm.virtio.rng.VirtioRng;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class MmioSlotsTest {

  private static final long BASE = 0xFEB0_0000L;
  private static final int MAGIC = 0x74726976;

  private final Bus memory = new Bus("memory");
  private final Hung hung = new Hung();
  private final List<Resettable> resettables = new ArrayList<>();
  private final List<Integer> gsis = new ArrayList<>();
  private final EventLoop loop = new EventLoop("test");
  private final MmioSlots slots =
      new MmioSlots(
          new MmioPlaces(true),
          new MmioSlots.Board(
              memory,
              gsi -> {
                gsis.add(gsi);
                return level -> {};
              }),
          new VirtioSlots.Wiring("test", new GuestMemory(List.of()), hung, resettables::add));

  @AfterEach
  void close() {
    slots.close();
    loop.close();
  }

  private VirtioDevice plug(String text) {
    return slots.plug(
        DeviceProperties.of(DeviceCatalog.parse(text)),
        new VirtioRng(RngConfig.UNLIMITED, (bytes, length, ready) -> length, new ManualClock()),
        loop);
  }

  @Test
  void devices_areOneAfterTheOther() {
    plug("virtio-rng-device");
    plug("virtio-rng-device");
    assertThat(memory.read(BASE, 4)).isEqualTo(MAGIC);
    assertThat(memory.read(BASE + 0x200, 4)).isEqualTo(MAGIC);
    assertThat(memory.read(BASE + 0x400, 4)).isEqualTo(0xFFFF_FFFFL);
    assertThat(gsis).containsExactly(16, 17);
    assertThat(slots.announced())
        .containsExactly(
            new VirtioMmioWindow(0, BASE, 0x200, 16),
            new VirtioMmioWindow(1, BASE + 0x200, 0x200, 17));
  }

  @Test
  void doorbell_isAnAddressAndAValue() {
    plug("virtio-rng-device");
    plug("virtio-rng-device,ioeventfd=off");
    assertThat(hung.places).containsExactly(Doorbell.Place.memory(BASE + 0x50, 4, 0));
  }

  @Test
  void systemReset_isTheDevicesToo() {
    VirtioDevice device = plug("virtio-rng-device");
    device.status(1);
    memory.write(BASE + 0x14, 4, 1);
    resettables.forEach(Resettable::reset);
    assertThat(device.status()).isZero();
    assertThat(memory.read(BASE + 0x10, 4)).isEqualTo(3 << 28);
  }

  @Test
  void placesAndInterrupts_endInASentence() {
    for (int i = 0; i < MmioPlaces.COUNT; i++) {
      plug("virtio-rng-device");
    }
    assertThat(gsis).hasSize(24).contains(23).doesNotContain(24);
    assertRefused("virtio-rng-device", "all 24 places are taken; machine pc has room for more");
  }

  @Test
  void pciDevice_isRefused() {
    assertRefused("virtio-rng-pci", "this machine has no PCI; use the name that ends in -device");
  }

  @Test
  void commandLine_isForGuestsWithoutAcpi() {
    assertThat(new MmioPlaces(true).commandLine(2)).isEmpty();
    assertThat(new MmioPlaces(false).commandLine(2))
        .isEqualTo("virtio_mmio.device=512@0xfeb00000:5 virtio_mmio.device=512@0xfeb00200:6");
  }

  private void assertRefused(String text, String sentence) {
    assertThatThrownBy(() -> plug(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device " + text + ": " + sentence);
  }
}

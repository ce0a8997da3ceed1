package dev.jvmm.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.Echo;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.device.InlineRunner;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;

/** Accesses of any kind to the registers of virtio-mmio, as {@link FuzzedAccesses} reads them. */
class MmioRegistersFuzzTest {

  private static final GuestMemory MEMORY = DriverSide.ram();

  @FuzzTest
  void registers(byte[] bytes) {
    FuzzedAccesses.clear(MEMORY);
    InlineRunner runner = new InlineRunner();
    MmioInterrupts interrupts = new MmioInterrupts(level -> {});
    VirtioDevice device = new VirtioDevice(new Echo(), Features.USUAL, MEMORY, runner, interrupts);
    VirtioMmio mmio = new VirtioMmio(device, interrupts);

    new FuzzedAccesses(device, MEMORY, runner)
        .run(
            new FuzzInput(bytes),
            mmio,
            (int) VirtioMmio.SIZE_BYTES,
            (offset, size, value) -> offset == 0x070 && (value & 0xFF) == 0);

    mmio.write(0x070, 4, 0);
    assertThat(mmio.read(0x070, 4)).isZero();
    DriverSide queue = new DriverSide(MEMORY, 0x1000, Echo.SIZE, true);
    MmioDriver.bringUp(mmio, queue);
    queue.add(Piece.writable(0x8000, 4));
    queue.publish();
    mmio.write(VirtioMmio.QUEUE_NOTIFY, 4, 0);
    runner.runUntilIdle();
    assertThat(queue.take()).isNotNull();
    assertThat(mmio.read(0x060, 4)).isEqualTo(1);
  }
}

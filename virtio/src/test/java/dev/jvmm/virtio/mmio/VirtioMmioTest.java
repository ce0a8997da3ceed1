package dev.jvmm.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.clock.ManualClock;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.InlineRunner;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.rng.RngConfig;
import dev.jvmm.virtio.rng.VirtioRng;
import java.util.Random;
import org.junit.jupiter.api.Test;

class VirtioMmioTest {

  private final GuestMemory memory = DriverSide.ram();
  private final InlineRunner runner = new InlineRunner();
  private final MmioInterrupts interrupts = new MmioInterrupts(this::level);
  private final VirtioDevice device =
      new VirtioDevice(
          new VirtioRng(RngConfig.UNLIMITED, (bytes, length, ready) -> length, new ManualClock()),
          Features.USUAL,
          memory,
          runner,
          interrupts);
  private final VirtioMmio mmio = new VirtioMmio(device, interrupts);
  private boolean line;
  private int edges;

  private void level(boolean high) {
    edges += high && !line ? 1 : 0;
    line = high;
  }

  @Test
  void identity_isThatOfAnEntropyDevice() {
    assertThat(mmio.read(0x000, 4)).isEqualTo(0x74726976);
    assertThat(mmio.read(0x004, 4)).isEqualTo(2);
    assertThat(mmio.read(0x008, 4)).isEqualTo(4);
  }

  @Test
  void features_areReadByWord() {
    mmio.write(0x014, 4, 1);
    assertThat(mmio.read(0x010, 4)).isEqualTo(1 | 1 << 8);
    mmio.write(0x014, 4, 2);
    assertThat(mmio.read(0x010, 4)).isZero();
  }

  @Test
  void driver_setsUpServesAndAcknowledges() {
    DriverSide queue = bringUp();
    assertThat(mmio.read(0x070, 4)).isEqualTo(15);
    queue.add(Piece.writable(0x8000, 4));
    queue.publish();
    mmio.write(0x050, 4, 0);
    runner.runUntilIdle();

    assertThat(queue.take()).isNotNull();
    assertThat(mmio.read(0x060, 4)).isEqualTo(1);
    assertThat(line).isTrue();
    mmio.write(0x064, 4, 1);
    assertThat(mmio.read(0x060, 4)).isZero();
    assertThat(line).isFalse();
  }

  @Test
  void acknowledgingAPart_isANewEdgeForTheRest() {
    bringUp();
    interrupts.configChanged();
    interrupts.queueUsed(0);
    int before = edges;
    mmio.write(0x064, 4, 1);

    assertThat(mmio.read(0x060, 4)).isEqualTo(2);
    assertThat(line).isTrue();
    assertThat(edges).isEqualTo(before + 1);
  }

  @Test
  void systemReset_forgetsSelectors() {
    bringUp();
    mmio.reset();
    assertThat(mmio.read(0x010, 4)).isEqualTo(Features.EVENT_IDX | Features.INDIRECT_DESC);
    assertThat(mmio.read(0x070, 4)).isZero();
  }

  @Test
  void reset_lowersTheLineAndDisablesTheQueue() {
    bringUp();
    interrupts.configChanged();
    assertThat(line).isTrue();
    mmio.write(0x070, 4, 0);

    assertThat(mmio.read(0x070, 4)).isZero();
    assertThat(mmio.read(0x044, 4)).isZero();
    assertThat(line).isFalse();
  }

  @Test
  void sharedMemory_isNotThere() {
    mmio.write(0x0AC, 4, 0);
    assertThat((int) mmio.read(0x0B0, 4)).isEqualTo(-1);
    assertThat((int) mmio.read(0x0B4, 4)).isEqualTo(-1);
  }

  @Test
  void registers_areThirtyTwoBitsWide() {
    assertThat(mmio.read(0x000, 2)).isEqualTo(-1);
    assertThat(mmio.read(0x002, 4)).isEqualTo(-1);
    mmio.write(0x070, 1, 1);
    assertThat(mmio.read(0x070, 4)).isZero();
  }

  @Test
  void registers_takeAnythingAndWorkAfterAReset() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    for (int i = 0; i < 100_000; i++) {
      int size = 1 << random.nextInt(4);
      long offset = random.nextInt((int) VirtioMmio.SIZE_BYTES / size) * (long) size;
      mmio.read(offset, size);
      mmio.write(offset, size, random.nextLong() >>> random.nextInt(64));
      runner.runUntilIdle();
    }
    mmio.write(0x070, 4, 0);
    bringUp();

    assertThat(mmio.read(0x070, 4)).as("seed %d", seed).isEqualTo(15);
  }

  private DriverSide bringUp() {
    mmio.write(0x070, 4, 1);
    mmio.write(0x070, 4, 3);
    mmio.write(0x024, 4, 0);
    mmio.write(0x020, 4, Features.EVENT_IDX);
    mmio.write(0x024, 4, 1);
    mmio.write(0x020, 4, 1);
    mmio.write(0x070, 4, 11);
    DriverSide queue = new DriverSide(memory, 0x1000, 8, true);
    mmio.write(0x030, 4, 0);
    mmio.write(0x038, 4, mmio.read(0x034, 4));
    mmio.write(0x080, 4, queue.addresses().descriptors());
    mmio.write(0x084, 4, 0);
    mmio.write(0x090, 4, queue.addresses().avail());
    mmio.write(0x094, 4, 0);
    mmio.write(0x0A0, 4, queue.addresses().used());
    mmio.write(0x0A4, 4, 0);
    mmio.write(0x044, 4, 1);
    mmio.write(0x070, 4, 15);
    return queue;
  }
}

package dev.jvmm.virtio.mmio;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.Echo;
import dev.jvmm.virtio.device.Features;
import dev.jvmm.virtio.device.InlineRunner;
import dev.jvmm.virtio.device.VirtioDevice;
import dev.jvmm.virtio.queue.DriverSide;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

class MmioAllocationTest {

  private static final int WARM_RUNS = 20_000;
  private static final int RUNS = 1_000;

  private int edges;
  private long seen;
  private final GuestMemory memory = DriverSide.ram();
  private final MmioInterrupts interrupts = new MmioInterrupts(high -> edges += high ? 1 : 0);
  private final InlineRunner runner = new InlineRunner();
  private final VirtioDevice device =
      new VirtioDevice(new Echo(), Features.USUAL, memory, runner, interrupts);
  private final VirtioMmio mmio = new VirtioMmio(device, interrupts);
  private final DriverSide queue = new DriverSide(memory, 0x1000, Echo.SIZE, true);
  private final DriverSide.Piece piece = DriverSide.Piece.writable(0x8000, 4);

  @Test
  void notificationInterruptAndAcknowledgement_allocateNothingOnceWarm() {
    MmioDriver.bringUp(mmio, queue);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long allocated = 0;
    for (int i = 0; i < WARM_RUNS + RUNS; i++) {
      queue.add(piece);
      queue.publish();
      long before = threads.getCurrentThreadAllocatedBytes();
      round();
      long bytes = threads.getCurrentThreadAllocatedBytes() - before;
      allocated += i < WARM_RUNS ? 0 : bytes;
      queue.take();
      queue.allowInterrupts();
    }

    assertThat(allocated).isZero();
    assertThat(seen).isEqualTo(WARM_RUNS + RUNS);
    assertThat(edges).isEqualTo(WARM_RUNS + RUNS);
  }

  private void round() {
    mmio.write(VirtioMmio.QUEUE_NOTIFY, 4, 0);
    runner.runEachOnce();
    seen += mmio.read(0x060, 4);
    mmio.write(0x064, 4, 1);
  }
}

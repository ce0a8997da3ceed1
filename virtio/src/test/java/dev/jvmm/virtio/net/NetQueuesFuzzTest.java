package dev.jvmm.virtio.net;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.junit.Lifecycle;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.virtio.device.FuzzedAccesses;
import dev.jvmm.virtio.device.FuzzedQueues;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.FuzzInput;
import java.util.Arrays;

/**
 * Frames, buffers and commands of any kind, of two pairs of queues. The input is as {@link
 * FuzzedQueues} says; besides, 5 is a frame from the network for the pair that bit 3 names, 16 bits
 * of length and 24 bytes that it begins with, 6 room in the network for as many frames as bits 4 to
 * 7 say, and 7 a link that goes or comes, as bit 3 says.
 */
class NetQueuesFuzzTest {

  private static final int PAIRS = 2;
  private static final int CONTROL = 2 * PAIRS;
  private static final int FRAME_START_BYTES = 24;
  private static final GuestMemory MEMORY = DriverSide.ram();
  private static final NetConfig CONFIG =
      new NetConfig(
          NetGuest.MAC,
          NetFeatures.USUAL,
          PAIRS,
          NetConfig.Link.DEFAULT,
          NetConfig.DEFAULT_QUEUE_SIZE,
          NetConfig.DEFAULT_QUEUE_SIZE);

  private final MemoryNetwork network = new MemoryNetwork(PAIRS);
  private final VirtioNet model = new VirtioNet(CONFIG, network);
  private final FuzzedQueues queues;

  NetQueuesFuzzTest() {
    FuzzedAccesses.clear(MEMORY);
    GuestDriver driver = new GuestDriver(model, MEMORY);
    network.ram = MEMORY.regions().getFirst().memory();
    model.configChanges(driver.device::changeConfig);
    queues = new FuzzedQueues(driver);
  }

  @FuzzTest(lifecycle = Lifecycle.PER_EXECUTION)
  void requests(byte[] bytes) {
    queues.run(new FuzzInput(bytes), this::world);
    empty(1); // what the others are depends on what was negotiated
    queues.reset(0);
    for (MemoryNetwork.Line line : network.lines) {
      line.in.clear();
      line.out.clear();
    }
    model.link(true);
    MEMORY.write(FuzzedQueues.DATA, new byte[NetGuest.HEADER]);
    for (int queue : new int[] {1, 3, CONTROL}) {
      queues.offer(queue, Piece.readable(FuzzedQueues.DATA, 1000));
    }
    empty(1, 3, CONTROL);
    assertThat(network.lines.getFirst().out).hasSize(1);
  }

  private void world(int op, FuzzInput input) {
    MemoryNetwork.Line line = network.lines.get((op >> 3) & 1);
    switch (op & 7) {
      case 5 -> {
        int length = Math.max(input.u16(), NetGuest.HEADER);
        line.in.add(Arrays.copyOf(input.bytes(FRAME_START_BYTES), length));
        if (line.readable != null) {
          line.readable.run();
        }
      }
      case 6 -> giveRoom(line, op >> 4);
      default -> model.link((op & 8) != 0);
    }
  }

  private static void giveRoom(MemoryNetwork.Line line, int frames) {
    line.room = frames;
    if (frames > 0 && line.writable != null) {
      line.writable.run();
    }
  }

  /** Whatever the guest has sent goes, and its commands are answered. */
  private void empty(int... all) {
    network.lines.forEach(line -> giveRoom(line, Integer.MAX_VALUE));
    queues.settle();
    for (int queue : all) {
      assertThat(queues.outstanding(queue)).as("requests of queue %d", queue).isZero();
    }
  }
}

package dev.jvmm.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A mebibyte each way, whoever is slow. */
class ConsoleLoadTest {

  private static final int MIB = 1 << 20;
  private static final long BUFFERS = 0x8000;
  private static final int BUFFER_BYTES = 0x400;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final ConsoleDriver guest = new ConsoleDriver(1, new PortConfig(0, true, ""));
  private final ScriptedHost host = guest.host(0);
  private final byte[] data = new byte[MIB];

  @Test
  void output_arrivesWholeInPiecesOfAnySize() {
    random.nextBytes(data);
    guest.bringUp();
    int offered = 0;
    while (host.taken().length < MIB) {
      int count = Math.min(1 + random.nextInt(BUFFER_BYTES), MIB - offered);
      if (count > 0 && guest.queue(1).freeCount() == 128) {
        byte[] piece = Arrays.copyOfRange(data, offered, offered + count);
        guest.driver.memory.write(BUFFERS, piece);
        int cut = random.nextInt(count + 1);
        guest
            .queue(1)
            .add(Piece.readable(BUFFERS, cut), Piece.readable(BUFFERS + cut, count - cut));
        offered += count;
      }
      guest.kick(1);
      host.takeOnly(random.nextInt(BUFFER_BYTES));
      guest.driver.runner.runUntilIdle();
      guest.queue(1).take();
    }
    assertThat(host.taken()).as("seed %d", seed).isEqualTo(data);
  }

  @Test
  void input_arrivesWholeInPiecesOfAnySize() {
    random.nextBytes(data);
    guest.bringUp();
    DriverSide queue = guest.queue(0);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int typed = 0;
    while (received.size() < MIB) {
      int count = Math.min(random.nextInt(3 * BUFFER_BYTES), MIB - typed);
      host.type(Arrays.copyOfRange(data, typed, typed + count));
      typed += count;
      queue.add(Piece.writable(BUFFERS, 1 + random.nextInt(BUFFER_BYTES)));
      guest.kick(0);
      for (Used used = queue.take(); used != null; used = queue.take()) {
        byte[] piece = new byte[used.length()];
        guest.driver.memory.read(BUFFERS, piece);
        received.writeBytes(piece);
      }
      guest.driver.runner.runUntilIdle();
    }
    assertThat(received.toByteArray()).as("seed %d", seed).isEqualTo(data);
  }

  @Test
  void bothWays_allocateNothingOnceWarm() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    guest.bringUp();
    byte[] piece = new byte[64];
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 20; round++) { // the first ones warm up
      long allocated = 0;
      for (int i = 0; i < 2000; i++) {
        guest.queue(0).add(Piece.writable(BUFFERS, 64));
        guest.queue(1).add(Piece.readable(BUFFERS, 64));
        guest.queue(0).publish();
        guest.queue(1).publish();
        guest.driver.device.notifyQueue(0);
        guest.driver.device.notifyQueue(1);
        long before = threads.getCurrentThreadAllocatedBytes();
        ports(piece);
        allocated += threads.getCurrentThreadAllocatedBytes() - before;
        guest.driver.runner.runUntilIdle();
        guest.queue(0).take();
        guest.queue(1).take();
      }
      least = Math.min(least, allocated);
    }
    assertThat(least).isZero();
  }

  /** The device's work alone, not the double's. */
  private void ports(byte[] piece) {
    guest.driver.runner.runEachOnce();
    guest.model.frontend(0).receive(piece, 0, guest.model.frontend(0).receiveRoom());
  }
}

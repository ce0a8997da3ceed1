package dev.jvmm.virtio.console;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.chardev.StreamChardev;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.LoopRunner;
import dev.jvmm.core.event.MonotonicClock;
import dev.jvmm.virtio.device.GuestDriver;
import dev.jvmm.virtio.queue.DriverSide;
import dev.jvmm.virtio.queue.DriverSide.Piece;
import dev.jvmm.virtio.queue.DriverSide.Used;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The guest, the event loop and the host's two ends are a thread each, none as fast as another. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConsoleOnLoopTest {

  private static final int MIB = 1 << 20;
  private static final long OUT = 0x4000;
  private static final long IN = 0x8000;
  private static final int BUFFER_BYTES = 0x400;
  private static final int BUFFERS = 8;

  private final long seed = System.nanoTime();
  private final Random random = new Random(seed);
  private final byte[] data = new byte[MIB];

  @Test
  void bytes_arriveWholeBothWaysAtOnce() throws Exception {
    random.nextBytes(data);
    try (EventLoop loop = new EventLoop("test-io");
        StreamChardev host = new StreamChardev(loop)) {
      VirtioConsole console =
          new VirtioConsole(
              new ConsoleConfig(1, List.of(new PortConfig(0, true, ""))),
              Map.of(0, host),
              new MonotonicClock(loop));
      host.connect(console.frontend(0));
      GuestDriver driver = new GuestDriver(console, new LoopRunner(loop));
      driver.negotiate(driver.offered());
      DriverSide in = driver.enable(0);
      DriverSide out = driver.enable(1);
      driver.driverOk();
      CompletableFuture<byte[]> read = CompletableFuture.supplyAsync(() -> read(host));
      CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(host));

      byte[] received = exchange(driver, in, out);

      assertThat(received).as("seed %d", seed).isEqualTo(data);
      assertThat(read.get(30, TimeUnit.SECONDS)).as("seed %d", seed).isEqualTo(data);
      written.get(30, TimeUnit.SECONDS);
    }
  }

  /** The guest: gives buffers of both kinds and takes them back, until all is through. */
  private byte[] exchange(GuestDriver driver, DriverSide in, DriverSide out) {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int sent = 0;
    int[] bufferOf = new int[in.addresses().size()];
    for (int i = 0; i < BUFFERS; i++) {
      bufferOf[in.add(Piece.writable(IN + (long) i * BUFFER_BYTES, BUFFER_BYTES))] = i;
    }
    kick(driver, 0, in);
    int sending = -1;
    while (received.size() < MIB || sent < MIB || sending >= 0) {
      if (sending < 0 && sent < MIB) {
        int count = Math.min(1 + random.nextInt(4 * BUFFER_BYTES), MIB - sent);
        driver.memory.write(OUT, Arrays.copyOfRange(data, sent, sent + count));
        sending = out.add(Piece.readable(OUT, count));
        sent += count;
        kick(driver, 1, out);
      } else if (out.take() != null) {
        sending = -1;
      }
      Used used = in.take();
      if (used != null) {
        int buffer = bufferOf[used.head()];
        byte[] piece = new byte[used.length()];
        driver.memory.read(IN + (long) buffer * BUFFER_BYTES, piece);
        received.writeBytes(piece);
        bufferOf[in.add(Piece.writable(IN + (long) buffer * BUFFER_BYTES, BUFFER_BYTES))] = buffer;
        kick(driver, 0, in);
      } else {
        Thread.onSpinWait();
      }
    }
    return received.toByteArray();
  }

  /** As a driver does: only if the device has asked for it. */
  private static void kick(GuestDriver driver, int index, DriverSide queue) {
    if (queue.publish()) {
      driver.device.notifyQueue(index);
    }
  }

  private static byte[] read(StreamChardev host) {
    try (InputStream stream = host.fromGuest()) {
      return stream.readNBytes(MIB);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(StreamChardev host) {
    try (OutputStream stream = host.toGuest()) {
      stream.write(data);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.jvmm.machine.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.chardev.StreamChardev;
import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.event.MonotonicClock;
import java.io.ByteArrayOutputStream;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The UART between a guest on one thread and a host end on another. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class Uart16550UnderLoadTest {

  private static final int BYTES = 1 << 18;
  private static final int DATA = 0;
  private static final int LSR = 5;
  private static final int DR = 0x01;
  private static final int THRE = 0x20;
  private static final int FIFO_BYTES = 16;

  private final EventLoop loop = new EventLoop("test-io");
  private final StreamChardev host = new StreamChardev(loop);
  private final Uart16550 uart =
      new Uart16550(host, level -> {}, new MonotonicClock(loop), Uart16550.State.POWER_ON);

  @AfterEach
  void close() {
    host.close();
    loop.close();
  }

  @Test
  void aFloodEachWayAtOnce_losesNothing() throws Exception {
    uart.write(2, 1, 0xC1);
    host.connect(uart);
    byte[] data = new byte[BYTES];
    new Random(5).nextBytes(data);
    CompletableFuture<byte[]> read =
        CompletableFuture.supplyAsync(() -> unchecked(() -> host.fromGuest().readNBytes(BYTES)));
    CompletableFuture<byte[]> written =
        CompletableFuture.supplyAsync(
            () ->
                unchecked(
                    () -> {
                      host.toGuest().write(data);
                      return data;
                    }));

    assertThat(drive(data)).isEqualTo(data);

    assertThat(read.get(30, TimeUnit.SECONDS)).isEqualTo(data);
    assertThat(written.get(30, TimeUnit.SECONDS)).isEqualTo(data);
    assertThat(uart.overruns()).isZero();
  }

  /** A polling driver: sends a FIFO whenever that is empty, reads while there is something. */
  private byte[] drive(byte[] data) {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int sent = 0;
    while (sent < data.length || received.size() < BYTES) {
      long lsr = uart.read(LSR, 1);
      if ((lsr & DR) != 0) {
        received.write((int) uart.read(DATA, 1));
      }
      if ((lsr & THRE) != 0) {
        for (int i = 0; i < FIFO_BYTES && sent < data.length; i++) {
          uart.write(DATA, 1, data[sent++] & 0xFF);
        }
      }
    }
    return received.toByteArray();
  }

  private interface Work {
    byte[] get() throws Exception;
  }

  private static byte[] unchecked(Work work) {
    try {
      return work.get();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}

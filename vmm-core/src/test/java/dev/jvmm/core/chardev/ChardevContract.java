package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every host end with two directions owes: not a byte is lost, whoever is slow. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class ChardevContract {

  private static final int MIB = 1 << 20;

  protected final EventLoop loop = new EventLoop("test-io");
  private Ends ends = new Ends(new NullChardev(loop), () -> {});
  private GuestSide guest = new GuestSide(ends.chardev());

  /** A host end, and who is at its other side. */
  protected record Ends(Chardev chardev, AutoCloseable closer) {}

  /** Opens a host end with someone at the other side. */
  protected abstract Ends open() throws Exception;

  /** Reads from the other side, slowly if so asked. */
  protected abstract byte[] readAtHost(int count, boolean slow) throws Exception;

  /** Writes at the other side. */
  protected abstract void writeAtHost(byte[] data) throws Exception;

  @BeforeEach
  void connect() throws Exception {
    ends = open();
    guest = new GuestSide(ends.chardev());
    ends.chardev().connect(guest);
    guest.awaitEvent(CharFrontend.Event.OPENED, 1);
  }

  @AfterEach
  void closeAll() throws Exception {
    ends.chardev().close();
    ends.closer().close();
    loop.close();
  }

  protected final GuestSide guest() {
    return guest;
  }

  protected final Chardev chardev() {
    return ends.chardev();
  }

  /** Bytes of every value, the same each time; none of them means anything to a raw terminal. */
  protected static byte[] noise(int count) {
    byte[] bytes = new byte[count];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  /** Runs beside the test's thread. */
  protected static CompletableFuture<byte[]> beside(ThrowingSupplier work) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(
            () -> {
              try {
                result.complete(work.get());
              } catch (Exception | Error e) {
                result.completeExceptionally(e);
              }
            });
    return result;
  }

  /** What {@link #beside} runs. */
  @FunctionalInterface
  protected interface ThrowingSupplier {
    byte[] get() throws Exception;
  }

  protected static byte[] result(CompletableFuture<byte[]> future)
      throws InterruptedException, ExecutionException, TimeoutException {
    return future.get(30, TimeUnit.SECONDS);
  }

  @Test
  void output_reachesASlowReaderWhole() throws Exception {
    byte[] data = noise(MIB);
    CompletableFuture<byte[]> read = beside(() -> readAtHost(MIB, true));

    guest.send(data);

    assertThat(result(read)).isEqualTo(data);
  }

  @Test
  void input_reachesASlowGuestWhole() throws Exception {
    byte[] data = noise(MIB);
    CompletableFuture<byte[]> written =
        beside(
            () -> {
              writeAtHost(data);
              return data;
            });

    assertThat(guest.read(MIB)).isEqualTo(data);
    assertThat(result(written)).isEqualTo(data);
  }

  @Test
  void bothDirections_goAtTheSameTime() throws Exception {
    byte[] data = noise(MIB / 4);
    CompletableFuture<byte[]> read = beside(() -> readAtHost(data.length, false));
    CompletableFuture<byte[]> sent =
        beside(
            () -> {
              guest.send(data);
              return data;
            });
    CompletableFuture<byte[]> written =
        beside(
            () -> {
              writeAtHost(data);
              return data;
            });

    assertThat(guest.read(data.length)).isEqualTo(data);
    assertThat(result(read)).isEqualTo(data);
    assertThat(result(sent)).isEqualTo(result(written));
  }

  @Test
  void hostThatDoesNotRead_holdsTheGuestUpAfterABoundedAmount() throws Exception {
    byte[] piece = new byte[16];
    int taken = 0;
    int last = piece.length;
    // The queue of 64 KiB and whatever the kernel keeps; until the loop has come to a standstill.
    for (int quiet = 0; quiet < 3; quiet = last == 0 ? quiet + 1 : 0) {
      last = chardev().write(piece, 0, piece.length);
      taken += last;
      loop.invoke(() -> {});
      assertThat(taken).isLessThan(4 * MIB);
    }

    assertThat(taken).isGreaterThanOrEqualTo(64 * 1024);
    assertThat(readAtHost(taken, false)).isEqualTo(new byte[taken]);
  }

  @Test
  void close_flushesWhatTheHostTakes() throws Exception {
    byte[] data = noise(60_000);
    CompletableFuture<byte[]> read = beside(() -> readAtHost(data.length, false));

    guest.send(data);
    chardev().close();
    chardev().close();

    assertThat(result(read)).isEqualTo(data);
    assertThat(chardev().write(data, 0, 10)).isEqualTo(10);
  }
}

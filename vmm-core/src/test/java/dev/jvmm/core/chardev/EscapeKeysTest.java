package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.event.EventLoop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EscapeKeysTest {

  private final EventLoop loop = new EventLoop("test-io");
  private final StreamChardev terminal = new StreamChardev(loop);
  private final CountDownLatch ended = new CountDownLatch(1);
  private final EscapeKeys keys = new EscapeKeys(terminal, loop, ended::countDown);
  private final GuestSide guest = new GuestSide(keys);

  @BeforeEach
  void connect() {
    keys.connect(guest);
  }

  @AfterEach
  void close() {
    keys.close();
    loop.close();
  }

  private void type(String text) throws IOException {
    terminal.toGuest().write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  private String atGuest(int count) throws Exception {
    return new String(guest.read(count), StandardCharsets.ISO_8859_1);
  }

  @Test
  void ordinaryKeys_areTheGuests() throws Exception {
    type("ls -l\r\3");
    assertThat(atGuest(7)).isEqualTo("ls -l\r\3");
  }

  @Test
  void ctrlATwice_isOneForTheGuest() throws Exception {
    type("a\1\1b");
    assertThat(atGuest(3)).isEqualTo("a\1b");
  }

  @Test
  void ctrlAX_ends() throws Exception {
    type("\1x");
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void ctrlAX_endsAlsoWhenTheGuestDoesNotRead() throws Exception {
    type("x".repeat(1_000));
    type("\1x");
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void ctrlAX_endsAlsoBehindALongPaste() throws Exception {
    type("x".repeat(500_000));
    type("\1x");
    assertThat(ended.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(atGuest(500_000)).isEqualTo("x".repeat(500_000));
  }

  @Test
  void ctrlAH_printsHelpForThePerson() throws Exception {
    type("\1h");
    byte[] help = terminal.fromGuest().readNBytes(40);
    assertThat(new String(help, StandardCharsets.US_ASCII))
        .startsWith("\r\nCtrl-A h       show this help\r\n");
  }

  @Test
  void ctrlAB_isABreakBehindWhatWasTypedBefore() throws Exception {
    type("a\1b");
    guest.awaitEvent(CharFrontend.Event.BREAK, 1);
    assertThat(atGuest(1)).isEqualTo("a");
  }

  @Test
  void unknownKeys_areNoOnes() throws Exception {
    type("a\1zb");
    assertThat(atGuest(2)).isEqualTo("ab");
  }

  @Test
  void aLongText_arrivesWhole() throws Exception {
    String text = "0123456789".repeat(10_000);
    Thread typist =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    type(text);
                  } catch (IOException e) {
                    throw new UncheckedIOException(e);
                  }
                });
    assertThat(atGuest(text.length())).isEqualTo(text);
    typist.join();
  }

  @Test
  void output_passes() throws Exception {
    guest.send("hello".getBytes(StandardCharsets.US_ASCII));
    assertThat(terminal.fromGuest().readNBytes(5))
        .isEqualTo("hello".getBytes(StandardCharsets.US_ASCII));
  }
}

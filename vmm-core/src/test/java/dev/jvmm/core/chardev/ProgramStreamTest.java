package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.GuestStream;
import dev.jvmm.core.vm.GuestStreamException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ProgramStreamTest {

  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration NONE = Duration.ofMillis(1);

  private final EventLoop loop = new EventLoop("program-stream");
  private final StreamChardev console = new StreamChardev(loop, ChardevConfig.Program.CONSOLE);
  private final StreamChardev port = new StreamChardev(loop, ChardevConfig.Program.PORT);
  private final GuestStream stream = console.stream();

  @AfterEach
  void close() {
    console.close();
    port.close();
    loop.close();
  }

  private static int print(StreamChardev chardev, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return chardev.write(bytes, 0, bytes.length);
  }

  @Test
  void expect_takesUpToTheMatch() throws Exception {
    print(console, "one two\r\nthree");
    assertThat(stream.expect("two", PATIENCE)).isEqualTo(found("one ", "two"));
    assertThat(stream.expect(Pattern.compile("(t)(x?)(h)|(q)"), PATIENCE))
        .isEqualTo(new GuestStream.Found("\r\n", "th", List.of("th", "t", "", "h", "")));
    assertThat(stream.expect("ree", PATIENCE).before()).isEmpty();
  }

  private static GuestStream.Found found(String before, String text) {
    return new GuestStream.Found(before, text, List.of(text));
  }

  @Test
  void expect_waitsForWhatComesInPieces() throws Exception {
    CompletableFuture<String> found =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return stream.expect("prompt> ", PATIENCE).before();
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    print(console, "a pro");
    assertThat(stream.tail()).isIn("", "a pro"); // and takes nothing from who waits
    print(console, "mpt> ");
    assertThat(found.get(30, TimeUnit.SECONDS)).isEqualTo("a ");
  }

  @Test
  void expect_utf8_isText() throws Exception {
    print(console, "größe: 5 µm [regex] ends");
    assertThat(stream.expect("µm [regex]", PATIENCE).before()).isEqualTo("größe: 5 ");
  }

  @Test
  void expect_inVain_saysWhatCame() {
    print(console, "nearly\u001b[0m there");
    assertThatThrownBy(() -> stream.expect("there!", NONE))
        .isInstanceOf(GuestStreamException.class)
        .hasMessageContaining("for 0.001 s there was no \"there!\"");
    console.close();
    assertThatThrownBy(() -> stream.expect(Pattern.compile("x+"), PATIENCE))
        .hasMessageContaining("the stream ended before match of x+")
        .hasMessageEndingWith("nearly[0m there");
    assertThatThrownBy(() -> stream.send("x")).hasMessageContaining("the stream has ended");
  }

  @Test
  void expect_interrupted_takesNothing() throws Exception {
    print(console, "abc");
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> stream.expect("d", PATIENCE)).isInstanceOf(InterruptedException.class);
    assertThat(stream.expect("abc", PATIENCE).before()).isEmpty();
  }

  @Test
  void receive_andTakersInTurn() throws Exception {
    print(port, "012345678");
    assertThat(port.stream().receive(3, PATIENCE)).containsExactly('0', '1', '2');
    assertThatThrownBy(() -> port.stream().receive(7, NONE))
        .isInstanceOf(GuestStreamException.class);
    assertThat(port.stream().input().read()).isEqualTo('3');
    assertThat(port.stream().expect("5", PATIENCE).before()).isEqualTo("4");
    assertThat(port.stream().take()).isEqualTo("678");
    assertThat(port.stream().take()).isEmpty();
  }

  @Test
  void console_thatNobodyReads_keepsTheNewestAndNeverFillsUp() throws Exception {
    String line = "x".repeat(8191) + "\n";
    for (int i = 0; i < 300; i++) { // 2.4 MB, no faster than the loop takes it
      int written = 0;
      while (written < line.length()) {
        written += print(console, line.substring(written));
      }
    }
    print(console, "the end");
    assertThat(stream.expect("the end", PATIENCE).before().length()).isLessThan(1 << 20);
    assertThat(stream.lost()).isGreaterThan(1_000_000);
  }

  @Test
  void port_thatNobodyReads_fillsUpAndLosesNothing() throws Exception {
    byte[] sent = new byte[1 << 19];
    for (int i = 0; i < sent.length; i++) {
      sent[i] = (byte) (i * 31 + (i >> 8));
    }
    CompletableFuture<byte[]> received =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return port.stream().receive(sent.length, PATIENCE);
              } catch (InterruptedException e) {
                throw new AssertionError(e);
              }
            });
    int written = 0;
    while (written < sent.length) {
      written += port.write(sent, written, Math.min(5000, sent.length - written));
    }
    assertThat(received.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
    written = 0;
    int last = 1;
    while (last > 0 || written == 0) {
      last = port.write(sent, written, Math.min(5000, sent.length - written));
      written += last;
      loop.invoke(() -> {});
    }
    assertThat(written).isLessThan(sent.length);
    port.close(); // keeps what was taken of the guest
    assertThat(port.stream().receive(written, PATIENCE)).isEqualTo(Arrays.copyOf(sent, written));
  }
}

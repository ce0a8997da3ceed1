package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.UnixSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What opens, and the sentences for what does not. */
class ChardevsTest {

  private final EventLoop loop = new EventLoop("test-io");

  @TempDir private Path directory = Path.of("");

  @AfterEach
  void closeLoop() {
    loop.close();
  }

  private String name(String name) {
    return directory.resolve(name).toString();
  }

  private void refuses(ChardevConfig config, String sentence) {
    assertThatThrownBy(() -> Chardevs.open(config, loop))
        .isInstanceOf(ConfigException.class)
        .hasMessage("chardev " + sentence);
  }

  @Test
  void file_isTruncatedOrContinued() throws Exception {
    Path log = Files.writeString(directory.resolve("log"), "old\n");
    write(new ChardevConfig.File(log.toString(), true), "more\n");
    assertThat(Files.readString(log)).isEqualTo("old\nmore\n");

    write(new ChardevConfig.File(log.toString(), false), "new\n");
    assertThat(Files.readString(log)).isEqualTo("new\n");
  }

  private void write(ChardevConfig config, String text) throws Exception {
    try (Chardev chardev = Chardevs.open(config, loop)) {
      GuestSide guest = new GuestSide(chardev);
      chardev.connect(guest);
      guest.send(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  @Test
  void file_takesAMebibyte() throws Exception {
    byte[] data = ChardevContract.noise(1 << 20);
    try (Chardev chardev = Chardevs.open(new ChardevConfig.File(name("log"), false), loop)) {
      GuestSide guest = new GuestSide(chardev);
      chardev.connect(guest);
      guest.send(data);
    }
    assertThat(Files.readAllBytes(directory.resolve("log"))).isEqualTo(data);
  }

  @Test
  void null_takesEverything() {
    try (Chardev chardev = Chardevs.open(new ChardevConfig.Null(), loop)) {
      assertThat(chardev.write(new byte[100], 0, 100)).isEqualTo(100);
    }
  }

  @Test
  void file_thatCantBe() throws Exception {
    refuses(
        new ChardevConfig.File(name("no/log"), false),
        name("no/log") + ": its directory does not exist; make it or choose another path");
    refuses(
        new ChardevConfig.File(directory.toString(), false),
        directory + ": is a directory; name a file in it");
    Files.createFile(directory.resolve("file"));
    refuses(
        new ChardevConfig.File(name("file/log"), false),
        name("file/log") + ": a part of the path is no directory; choose another path");
    new ProcessBuilder("mkfifo", name("pipe")).start().waitFor();
    refuses(
        new ChardevConfig.File(name("pipe"), false),
        name("pipe") + ": is a pipe that no one reads; start its reader first");
  }

  @Test
  void server_thatCantBe() throws Exception {
    String longName = name("x".repeat(200));
    refuses(
        new ChardevConfig.UnixServer(longName, false),
        longName + ": the path is too long, a socket's has at most 107 bytes");
    refuses(
        new ChardevConfig.UnixServer(name("no/sock"), false),
        name("no/sock") + ": its directory does not exist; make it or choose another path");
    Files.writeString(directory.resolve("file"), "precious");
    refuses(
        new ChardevConfig.UnixServer(name("file"), false),
        name("file") + ": is there and is no socket; remove it or choose another path");
    assertThat(Files.readString(directory.resolve("file"))).isEqualTo("precious");
    try (UnixSocket other = UnixSocket.listen(name("taken"), 1)) {
      assertThat(other.fd().isOpen()).isTrue();
      refuses(
          new ChardevConfig.UnixServer(name("taken"), false),
          name("taken") + ": another process listens there; end it or choose another path");
    }
  }

  @Test
  void server_takesOverANameThatWasLeftBehind() {
    UnixSocket.listen(name("stale"), 1).close();

    try (Chardev chardev = Chardevs.open(new ChardevConfig.UnixServer(name("stale"), false), loop);
        UnixSocket client = UnixSocket.connect(name("stale"))) {
      assertThat(chardev).isInstanceOf(SocketChardev.class);
      assertThat(client.fd().isOpen()).isTrue();
    }
  }

  @Test
  void client_thatFindsNoOne() {
    refuses(
        new ChardevConfig.UnixClient(name("none")),
        name("none") + ": no such socket; start its server first, or give server=on");
    UnixSocket.listen(name("stale"), 1).close();
    refuses(
        new ChardevConfig.UnixClient(name("stale")),
        name("stale") + ": no one listens there; start its server first");
  }
}

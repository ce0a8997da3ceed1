package dev.jvmm.core.chardev;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.UnixSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketChardevTest extends ChardevContract {

  @TempDir private Path directory = Path.of("");

  private UnixSocket socket = UnixSocket.pair()[0];
  private HostSide client = new HostSide(socket.fd());

  private String path() {
    return directory.resolve("serial").toString();
  }

  private void connectClient() {
    client.close();
    socket = UnixSocket.connect(path());
    client = new HostSide(socket.fd());
  }

  @Override
  protected Ends open() {
    Chardev server = Chardevs.open(new ChardevConfig.UnixServer(path(), false), loop);
    connectClient();
    return new Ends(server, () -> client.close());
  }

  @Override
  protected byte[] readAtHost(int count, boolean slow) {
    return client.read(count, slow);
  }

  @Override
  protected void writeAtHost(byte[] data) {
    client.write(data);
  }

  @Test
  void clientThatGoes_holdsNoOneUpAndTheNextIsServed() throws Exception {
    client.close();
    guest().awaitEvent(CharFrontend.Event.CLOSED, 1);
    guest().send(new byte[300_000]);

    connectClient();
    guest().awaitEvent(CharFrontend.Event.OPENED, 2);
    guest().send(new byte[] {'h', 'i'});

    assertThat(client.read(2, false)).containsExactly('h', 'i');
  }

  @Test
  void secondClient_isServedAfterTheFirst() throws Exception {
    UnixSocket second = UnixSocket.connect(path());
    second.fd().setBlocking();
    client.close();
    client = new HostSide(second.fd());
    guest().awaitEvent(CharFrontend.Event.OPENED, 2);

    client.write(new byte[] {'2'});

    assertThat(guest().read(1)).containsExactly('2');
  }

  @Test
  void close_hangsUpAndRemovesTheName() {
    chardev().close();

    assertThat(client.atEnd()).isTrue();
    assertThat(Files.exists(directory.resolve("serial"))).isFalse();
  }

  @Test
  void serverThatWaits_opensWithItsFirstClient() throws Exception {
    ChardevConfig config =
        new ChardevConfig.UnixServer(directory.resolve("waits").toString(), true);
    CompletableFuture<byte[]> opened =
        beside(
            () -> {
              Chardevs.open(config, loop).close();
              return new byte[0];
            });
    while (!Files.exists(directory.resolve("waits"))) {
      Thread.onSpinWait();
    }
    assertThat(opened).isNotDone();

    UnixSocket.connect(directory.resolve("waits").toString()).close();

    assertThat(result(opened)).isEmpty();
  }

  @Test
  void serverThatWaits_isEndedByAnInterrupt() throws Exception {
    Path name = directory.resolve("waits");
    ChardevConfig config = new ChardevConfig.UnixServer(name.toString(), true);
    CompletableFuture<Throwable> refusal = new CompletableFuture<>();
    Thread opener =
        Thread.ofPlatform()
            .daemon()
            .start(
                () -> {
                  try {
                    Chardevs.open(config, loop).close();
                    refusal.completeExceptionally(new AssertionError("it opened"));
                  } catch (ConfigException e) {
                    refusal.complete(e);
                  }
                });
    while (opener.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }

    opener.interrupt();

    assertThat(refusal.get(20, TimeUnit.SECONDS)).hasMessageContaining("no client has come");
    assertThat(name).doesNotExist();
  }

  @Test
  void clientThatTheHostHasNoRoomFor_isServedLaterWithoutABusyLoop() throws Exception {
    UnixSocket listener = UnixSocket.listen(directory.resolve("full").toString(), 1);
    AtomicInteger attempts = new AtomicInteger();
    AtomicBoolean full = new AtomicBoolean(true);
    SocketChardev.Acceptor acceptor =
        () -> {
          attempts.incrementAndGet();
          if (full.get()) {
            throw new LinuxException("accept", "", 24); // EMFILE
          }
          return listener.tryAccept();
        };
    try (SocketChardev server =
            new SocketChardev(loop, listener, directory.resolve("full"), null, acceptor);
        UnixSocket waiting = UnixSocket.connect(directory.resolve("full").toString())) {
      GuestSide guest = new GuestSide(server);
      server.connect(guest);
      long begin = System.nanoTime();
      while (attempts.get() < 3) {
        loop.invoke(() -> {}); // each has the loop look at its descriptors
      }
      assertThat(System.nanoTime() - begin).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(300));
      full.set(false);
      guest.awaitEvent(CharFrontend.Event.OPENED, 1);
      assertThat(waiting.fd().isOpen()).isTrue();
    }
  }

  @Test
  void client_talksToAnothersServer() throws Exception {
    try (UnixSocket listener = UnixSocket.listen(directory.resolve("other").toString(), 1);
        Chardev chardev =
            Chardevs.open(
                new ChardevConfig.UnixClient(directory.resolve("other").toString()), loop);
        HostSide other = new HostSide(listener.accept().fd())) {
      GuestSide guestOfOther = new GuestSide(chardev);
      chardev.connect(guestOfOther);

      guestOfOther.send(new byte[] {'h', 'i'});
      other.write(new byte[] {'y', 'o'});

      assertThat(other.read(2, false)).containsExactly('h', 'i');
      assertThat(guestOfOther.read(2)).containsExactly('y', 'o');
      other.hangUp();
      guestOfOther.awaitEvent(CharFrontend.Event.CLOSED, 1);
    }
  }
}

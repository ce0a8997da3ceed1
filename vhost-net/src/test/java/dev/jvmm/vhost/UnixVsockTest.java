package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.virtio.vsock.HostStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** UNIX sockets in place of ports, as programs of the host use them. */
@Timeout(30)
class UnixVsockTest {

  private static final Spelling ASKED = new Spelling("device", "virtio-vsock-pci");

  private final EventLoop loop = new EventLoop("test-io");
  private final LinkedBlockingQueue<Integer> ports = new LinkedBlockingQueue<>();
  private @TempDir Path folder;

  @AfterEach
  void close() {
    loop.close();
  }

  private String path() {
    return folder.resolve("v.sock").toString();
  }

  private UnixVsock open() {
    UnixVsock vsock = UnixVsock.open(path(), loop, ASKED);
    loop.invoke(() -> vsock.acceptor(this::accept));
    return vsock;
  }

  private void accept(int guestPort, HostStream stream) {
    ports.add(guestPort);
    stream.accepted(77);
    stream.close();
  }

  private SocketChannel greet(String line) throws IOException {
    SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(path()));
    channel.write(ByteBuffer.wrap(line.getBytes(StandardCharsets.US_ASCII)));
    return channel;
  }

  private static String readAll(SocketChannel channel) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(100);
    while (channel.read(bytes) >= 0) {}
    return new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
  }

  @Test
  void programThatNamesAPort_isConnectedAndTold() throws Exception {
    try (UnixVsock vsock = open();
        SocketChannel channel = greet("CONNECT 4294967294\n")) {
      assertThat(ports.poll(10, TimeUnit.SECONDS)).isEqualTo(-2);
      assertThat(readAll(channel)).isEqualTo("OK 77\n");
      assertThat(vsock).isNotNull();
    }
    assertThat(Files.exists(Path.of(path()))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "CONNECT\n",
        "CONNECT x\n",
        "CONNECT -1\n",
        "CONNECT 4294967296\n",
        "CONNECT 4294967295\n",
        "connect 1\n",
        "CONNECT 11111111111111111111111111\n"
      })
  void lineThatMakesNoSense_isHungUpOn(String line) throws Exception {
    try (UnixVsock vsock = open();
        SocketChannel channel = greet(line)) {
      assertThat(ended(channel)).isTrue();
      assertThat(ports).isEmpty();
      assertThat(vsock).isNotNull();
    }
  }

  /** What of its line was not read may be answered by a broken connection. */
  private static boolean ended(SocketChannel channel) {
    try {
      return readAll(channel).isEmpty();
    } catch (IOException e) {
      return true;
    }
  }

  @Test
  void guestWithoutADriver_isNotConnected() throws Exception {
    try (UnixVsock vsock = open()) {
      loop.invoke(() -> vsock.acceptor(null));
      try (SocketChannel channel = greet("CONNECT 1\n")) {
        assertThat(ended(channel)).isTrue();
      }
    }
  }

  @Test
  void portOfTheHosts_isAFileBeside() throws Exception {
    try (UnixVsock vsock = open();
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
      server.bind(UnixDomainSocketAddress.of(path() + "_1234"));
      assertThat(connects(vsock, 1234)).isTrue();
      assertThat(connects(vsock, 1235)).isFalse();
      server.accept().close();
    }
  }

  private boolean connects(UnixVsock vsock, int port) {
    boolean[] connected = new boolean[1];
    loop.invoke(
        () -> {
          @Nullable HostStream stream = vsock.connect(port);
          connected[0] = stream != null;
          if (stream != null) {
            stream.close();
          }
        });
    return connected[0];
  }

  @Test
  void placeThatCantBe_isRefused() throws IOException {
    Files.createFile(Path.of(path()));
    assertThatThrownBy(() -> UnixVsock.open(path(), loop, ASKED))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "device virtio-vsock-pci: %s is there already; remove it if no machine uses it, or give"
                    .formatted(path())
                + " another");
    String nowhere = folder + "/none/v.sock";
    assertThatThrownBy(() -> UnixVsock.open(nowhere, loop, ASKED))
        .hasMessage("device virtio-vsock-pci: there is no folder for " + nowhere + "; make it");
  }
}

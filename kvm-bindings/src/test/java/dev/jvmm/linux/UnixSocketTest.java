package dev.jvmm.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.linux.UnixSocket.Received;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnixSocketTest {

  @TempDir Path folder;

  @Test
  void clientAndServer_exchangeBytes() {
    String path = folder.resolve("socket").toString();
    try (Arena arena = Arena.ofConfined();
        UnixSocket server = UnixSocket.listen(path, 1);
        UnixSocket client = UnixSocket.connect(path);
        UnixSocket peer = server.accept()) {
      assertThat(client.trySend(arena.allocateFrom("ping"))).isEqualTo(5);
      MemorySegment data = arena.allocate(16);
      assertThat(requireNonNull(peer.tryReceive(data)).bytes()).isEqualTo(5);
      assertThat(data.getString(0)).isEqualTo("ping");

      client.shutdownOutput();
      assertThat(requireNonNull(peer.tryReceive(data)).bytes()).isZero();
    }
  }

  @Test
  void nonBlocking_saysThatNothingIsThere() {
    String path = folder.resolve("socket").toString();
    try (Arena arena = Arena.ofConfined();
        UnixSocket server = UnixSocket.listen(path, 1)) {
      server.fd().setNonBlocking();
      assertThat(server.tryAccept()).isNull();
      try (UnixSocket client = UnixSocket.connect(path);
          UnixSocket peer = requireNonNull(server.tryAccept())) {
        peer.fd().setNonBlocking();
        client.fd().setNonBlocking();
        assertThat(peer.tryReceive(arena.allocate(1))).isNull();
        MemorySegment block = arena.allocate(65_536);
        int sent = 1;
        while (sent > 0) {
          sent = client.trySend(block);
        }
        assertThat(sent).isEqualTo(-Errno.EAGAIN);
      }
    }
  }

  @Test
  void descriptors_travelWithBytes() {
    UnixSocket[] pair = UnixSocket.pair();
    try (Arena arena = Arena.ofConfined();
        UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        EventFd event = EventFd.create();
        MemFd memory = MemFd.create("sent", 4096)) {
      MemorySegment data = arena.allocateFrom(JAVA_BYTE, (byte) 1, (byte) 2, (byte) 3);
      assertThat(left.trySend(data, List.of(event.fd(), memory.fd()))).isEqualTo(3);

      Received received = requireNonNull(right.tryReceive(arena.allocate(16)));

      assertThat(received.bytes()).isEqualTo(3);
      assertThat(received.fds()).hasSize(2);
      try (EventFd same = EventFd.adopt(received.fds().get(0));
          Fd other = received.fds().get(1)) {
        same.signal();
        assertThat(event.drain()).isEqualTo(1);
        assertThat(other.number()).isNotEqualTo(memory.fd().number());
      }
    }
  }

  @Test
  void mostDescriptorsThatFit_travel_andOneMoreIsRefused() {
    UnixSocket[] pair = UnixSocket.pair();
    try (Arena arena = Arena.ofConfined();
        UnixSocket left = pair[0];
        UnixSocket right = pair[1];
        EventFd event = EventFd.create()) {
      MemorySegment data = arena.allocate(1);
      List<Fd> many = Collections.nCopies(SocketMessage.MAX_FDS, event.fd());
      assertThat(left.trySend(data, many)).isEqualTo(1);
      List<Fd> received = requireNonNull(right.tryReceive(data)).fds();
      received.forEach(Fd::close);
      assertThat(received).hasSize(SocketMessage.MAX_FDS);

      List<Fd> tooMany = Collections.nCopies(SocketMessage.MAX_FDS + 1, event.fd());
      assertThatThrownBy(() -> left.trySend(data, tooMany))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void send_toAPeerThatHasGone_isEpipe() {
    UnixSocket[] pair = UnixSocket.pair();
    try (Arena arena = Arena.ofConfined();
        UnixSocket left = pair[0]) {
      pair[1].close();
      assertThat(left.trySend(arena.allocate(1))).isEqualTo(-Errno.EPIPE);
    }
  }

  @Test
  void names_thatCannotBe_areRefusedWithTheirReason() {
    String path = folder.resolve("socket").toString();
    assertThatThrownBy(() -> UnixSocket.connect(path))
        .hasMessage("connect " + path + ": ENOENT: No such file or directory");
    try (UnixSocket server = UnixSocket.listen(path, 1)) {
      assertThatThrownBy(() -> UnixSocket.listen(path, 1)).hasMessageContaining("EADDRINUSE");
      assertThat(server.fd().isOpen()).isTrue();
    }
    assertThatThrownBy(() -> UnixSocket.listen("/" + "x".repeat(107), 1))
        .hasMessageContaining("ENAMETOOLONG");
  }
}

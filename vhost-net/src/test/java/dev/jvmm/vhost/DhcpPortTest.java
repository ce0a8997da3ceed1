package dev.jvmm.vhost;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.linux.Errno;
import dev.jvmm.linux.NetInterface;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.net.MacAddress;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** DHCP at the host's end of an interface, whose guest's end is the test. */
@Timeout(30)
class DhcpPortTest {

  private static final String NAME = "jvmmdhcp" + ProcessHandle.current().pid() % 100_000;
  private static final MacAddress HOST = MacAddress.parse("02:00:00:00:00:01");
  private static final MacAddress GUEST = MacAddress.parse("52:54:00:12:34:56");
  private static final int UDP_PORTS = 34;
  private static final int TO_CLIENT = 67 << 16 | 68;

  private final MemorySegment memory = Arena.ofAuto().allocate(2048);

  @Test
  void guestThatAsksTheInterface_isAnsweredThere() throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of(Tap.DEVICE)), "needs root and /dev/net/tun");
    DhcpResponder responder = new DhcpResponder(Ipv4.address(192, 168, 7, 1), HOST);
    try (EventLoop loop = new EventLoop("test-io");
        NetInterface interfaces = new NetInterface();
        Tap tap = Tap.open(NAME, 0, true)) {
      interfaces.up(NAME, true);
      try (DhcpPort port = new DhcpPort(interfaces.index(NAME), responder, loop)) {
        byte[] discover = DhcpResponderTest.discover(GUEST);
        byte[] other = discover.clone();
        other[UDP_PORTS + 3] = 69; // not the server's port
        send(tap, other);
        send(tap, discover);
        assertThat(answers(tap, loop)).isTrue();
        assertThat(port).isNotNull();
      }
    }
  }

  private void send(Tap tap, byte[] frame) {
    MemorySegment.copy(frame, 0, memory, JAVA_BYTE, 0, frame.length);
    assertThat(tap.fd().tryWrite(memory.asSlice(0, frame.length))).isEqualTo(frame.length);
  }

  /** Whether an answer comes; the host sends frames of its own to a new interface, too. */
  private boolean answers(Tap tap, EventLoop loop) throws InterruptedException {
    CountDownLatch came = new CountDownLatch(1);
    EventLoop.Registration watch =
        loop.register(
            tap.fd(),
            EventLoop.READ,
            events -> {
              if (tap.fd().tryRead(memory) != -Errno.EAGAIN && isAnswer()) {
                came.countDown();
              }
            });
    try {
      return came.await(20, TimeUnit.SECONDS);
    } finally {
      watch.close();
    }
  }

  private boolean isAnswer() {
    int ports = 0;
    for (int i = 0; i < 4; i++) {
      ports = ports << 8 | (memory.get(JAVA_BYTE, UDP_PORTS + i) & 0xFF);
    }
    return memory.get(JAVA_BYTE, 12) == 8 && ports == TO_CLIENT;
  }
}

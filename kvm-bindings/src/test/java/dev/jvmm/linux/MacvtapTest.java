package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The descriptors of macvtap interfaces, which know most of what a TAP's know. */
class MacvtapTest {

  private static final String NUMBER = Long.toString(ProcessHandle.current().pid() % 100_000);
  private static final String CARD = "jvmmcard" + NUMBER;
  private static final String PEER = "jvmmpeer" + NUMBER;
  private static final String NAME = "jvmmmac" + NUMBER;
  private static final int ALL_OFFLOADS =
      Tap.TUN_F_CSUM | Tap.TUN_F_TSO4 | Tap.TUN_F_TSO6 | Tap.TUN_F_TSO_ECN;

  private final NetInterface interfaces = new NetInterface();

  private static boolean ip(String words) throws IOException, InterruptedException {
    Process process = new ProcessBuilder("sh", "-c", "ip link " + words).inheritIO().start();
    return process.waitFor() == 0;
  }

  @BeforeEach
  void makeCard() throws Exception {
    TapTest.needRoot();
    assumeTrue(ip("add " + CARD + " type veth peer name " + PEER), "this kernel has no veth");
    boolean made = ip("add link " + CARD + " name " + NAME + " type macvtap mode bridge");
    assumeTrue(made, "this kernel has no macvtap");
    for (String name : List.of(CARD, PEER, NAME)) {
      interfaces.up(name, true);
    }
  }

  @AfterEach
  void removeCard() throws Exception {
    interfaces.close();
    ip("del " + CARD); // what is on it goes with it
  }

  private Tap adopt() {
    String device = "/dev/tap" + interfaces.index(NAME);
    return Tap.adopt(Fd.open(device, OpenFlags.RDWR, 0));
  }

  @Test
  void descriptor_isATapsWithHeadersAndOffloads() {
    try (Tap tap = adopt()) {
      assertThat(tap.name()).isEqualTo(NAME);
      assertThat(tap.has(Tap.IFF_TAP)).isTrue();
      assertThat(tap.has(Tap.IFF_VNET_HDR)).isTrue();
      assertThat(tap.tryOffloads(ALL_OFFLOADS)).isZero();
      assertThat(tap.tryOffloads(0)).isZero();
      tap.headerBytes(12);
      tap.sendBuffer(1 << 20);
    }
  }

  @Test
  void queues_areDescriptorsOfOneDevice() {
    try (Tap one = adopt();
        Tap two = adopt()) {
      assertThat(two.name()).isEqualTo(one.name());
      assertThat(two.tryAttach(false)).isZero();
      assertThat(two.tryAttach(true)).isZero();
    }
  }

  @Test
  void frames_goBothWays() {
    try (Tap tap = adopt();
        Arena arena = Arena.ofConfined()) {
      interfaces.address(PEER, TapTest.HOST, 24);
      tap.headerBytes(12);
      long mac = interfaces.hardwareAddress(NAME);
      MemorySegment frame = arena.allocate(12 + 42, 8);
      frame.copyFrom(MemorySegment.ofArray(TapTest.whoHasTheHost()));
      for (int i = 0; i < 6; i++) { // whose answers come to this interface
        frame.set(ValueLayout.JAVA_BYTE, 12 + 6 + i, (byte) (mac >>> (8 * i)));
        frame.set(ValueLayout.JAVA_BYTE, 12 + 22 + i, (byte) (mac >>> (8 * i)));
      }
      MemorySegment iovecs = arena.allocate(16, 8);
      MemorySegment answer = arena.allocate(2048);
      int size = -Errno.EAGAIN;
      long deadline = System.nanoTime() + 20_000_000_000L;
      long next = System.nanoTime();
      while (size == -Errno.EAGAIN || answer.get(ValueLayout.JAVA_BYTE, 12 + 21) != 2) {
        long now = System.nanoTime();
        assertThat(now).as("no answer").isLessThan(deadline);
        if (now >= next) { // again, as ARP does: an interface that has just come up drops frames
          TapTest.iovec(iovecs, 0, frame);
          assertThat(tap.tryWritev(iovecs.address(), 1)).isEqualTo(54);
          next = now + 200_000_000;
        }
        TapTest.iovec(iovecs, 0, answer);
        size = tap.tryReadv(iovecs.address(), 1); // ARP's reply among what else comes
      }
      assertThat(size).isGreaterThanOrEqualTo(54);
      assertThat(answer.get(ValueLayout.JAVA_LONG_UNALIGNED, 12) & 0xFFFF_FFFF_FFFFL)
          .isEqualTo(mac);
    }
  }
}

package dev.jvmm.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.kvm.uapi.Uapi;
import dev.jvmm.kvm.uapi.ifreq;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TAP interfaces and the settings of interfaces, against the kernel. */
class TapTest {

  private static final String NAME = "jvmmtap" + ProcessHandle.current().pid() % 100_000;
  static final int HOST = 0x0AFF_4D01; // 10.255.77.1

  static void needRoot() {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of(Tap.DEVICE)), "needs root and /dev/net/tun");
  }

  @Test
  void numbers_areTheHeaders() throws ReflectiveOperationException {
    List<String> compared = new ArrayList<>();
    for (Class<?> type : List.of(Tap.class, NetInterface.class)) {
      for (Field field : type.getDeclaredFields()) {
        boolean number = field.getType() == int.class || field.getType() == long.class;
        if (Modifier.isStatic(field.getModifiers()) && number && isHeaders(field.getName())) {
          field.setAccessible(true);
          Number header = (Number) Uapi.class.getMethod(field.getName()).invoke(null);
          assertThat(field.getLong(null)).as(field.getName()).isEqualTo(header.longValue());
          compared.add(field.getName());
        }
      }
    }
    assertThat(compared).contains("TUNSETIFF", "TUNSETOFFLOAD", "IFF_VNET_HDR", "TUNSETQUEUE");
    assertThat(ifreq.layout().byteSize()).isEqualTo(40);
  }

  private static boolean isHeaders(String name) {
    for (var method : Uapi.class.getMethods()) {
      if (method.getName().equals(name)) {
        return true;
      }
    }
    return false;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sixteen-letters-", "a b", "a/b", ".", "..", "a:b", "\u00e9"})
  void names_thatCannotBe(String name) {
    assertThat(NetInterface.isName(name)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"tap0", "fifteen-letters", "br-0.1"})
  void names_thatCanBe(String name) {
    assertThat(NetInterface.isName(name)).isTrue();
  }

  @Test
  void name_thatIsTooLongIsRefused() {
    needRoot();
    assertThatThrownBy(() -> Tap.open("sixteen-letters-", 0, true))
        .isInstanceOf(LinuxException.class)
        .hasMessageContaining("ENAMETOOLONG");
  }

  @Test
  void frames_goBothWays() {
    needRoot();
    try (NetInterface interfaces = new NetInterface();
        Tap tap = Tap.open(NAME, Tap.IFF_VNET_HDR, true);
        Arena arena = Arena.ofConfined()) {
      assertThat(tap.name()).isEqualTo(NAME);
      interfaces.up(NAME, true);
      interfaces.address(NAME, HOST, 24);
      tap.headerBytes(12);
      MemorySegment frame = arena.allocate(12 + 42);
      frame.copyFrom(MemorySegment.ofArray(whoHasTheHost()));
      MemorySegment iovecs = arena.allocate(32, 8);
      iovec(iovecs, 0, frame.asSlice(0, 20));
      iovec(iovecs, 1, frame.asSlice(20));
      assertThat(tap.tryWritev(iovecs.address(), 2)).isEqualTo(54);

      MemorySegment answer = arena.allocate(2048);
      iovec(iovecs, 0, answer.asSlice(0, 12));
      iovec(iovecs, 1, answer.asSlice(12));
      int size = tap.tryReadv(iovecs.address(), 2);
      while (size >= 0 && answer.get(ValueLayout.JAVA_SHORT_UNALIGNED, 24) != 0x0608) {
        size = tap.tryReadv(iovecs.address(), 2); // the host greets a new network by itself
      }

      assertThat(size).isGreaterThanOrEqualTo(54);
      assertThat(answer.get(ValueLayout.JAVA_BYTE, 12 + 21)).isEqualTo((byte) 2); // ARP: reply
      long mac = answer.get(ValueLayout.JAVA_LONG_UNALIGNED, 12 + 22) & 0xFFFF_FFFF_FFFFL;
      assertThat(interfaces.hardwareAddress(NAME)).isEqualTo(mac);
    }
  }

  static void iovec(MemorySegment iovecs, int index, MemorySegment piece) {
    iovecs.set(ValueLayout.JAVA_LONG, 16L * index, piece.address());
    iovecs.set(ValueLayout.JAVA_LONG, 16L * index + 8, piece.byteSize());
  }

  /** An empty header, and ARP's question for the host by 10.255.77.2. */
  static byte[] whoHasTheHost() {
    byte[] frame = new byte[54];
    int[] bytes = {
      0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2, 0, 0, 0, 0, 9, 8, 6, 0, 1, 8, 0, 6, 4, 0, 1, 2, 0, 0,
      0, 0, 9, 10, 255, 77, 2, 0, 0, 0, 0, 0, 0, 10, 255, 77, 1
    };
    for (int i = 0; i < bytes.length; i++) {
      frame[12 + i] = (byte) bytes[i];
    }
    return frame;
  }

  @Test
  void readWithoutAFrame_doesNotWait() {
    needRoot();
    try (Tap tap = Tap.open(NAME, 0, true);
        Arena arena = Arena.ofConfined()) {
      MemorySegment iovecs = arena.allocate(16, 8);
      iovec(iovecs, 0, arena.allocate(2048));
      assertThat(tap.tryReadv(iovecs.address(), 1)).isEqualTo(-Errno.EAGAIN);
      assertThat(tap.tryWritev(iovecs.address(), 1)).isEqualTo(-Errno.EIO); // it is off
    }
  }

  @Test
  void headerThatMakesNoSense_isTheKernelsToRefuse() {
    needRoot();
    try (NetInterface interfaces = new NetInterface();
        Tap tap = Tap.open(NAME, Tap.IFF_VNET_HDR, true);
        Arena arena = Arena.ofConfined()) {
      interfaces.up(NAME, true);
      MemorySegment frame = arena.allocate(100);
      frame.set(ValueLayout.JAVA_BYTE, 1, (byte) 77); // no such kind of segments
      MemorySegment iovecs = arena.allocate(16, 8);
      iovec(iovecs, 0, frame);
      assertThat(tap.tryWritev(iovecs.address(), 1)).isEqualTo(-Errno.EINVAL);
    }
  }

  @Test
  void queue_isDetachedAndAttached() {
    needRoot();
    try (Tap one = Tap.open(NAME, Tap.IFF_MULTI_QUEUE, true);
        Tap two = Tap.open(one.name(), Tap.IFF_MULTI_QUEUE, false)) {
      assertThat(two.tryAttach(true)).isEqualTo(-Errno.EINVAL);
      assertThat(two.tryAttach(false)).isZero();
      assertThat(two.tryAttach(true)).isZero();
      assertThat(two.has(Tap.IFF_TAP)).isTrue();
    }
  }

  @Test
  void persistentInterface_staysUntilItIsToldOtherwise() {
    needRoot();
    try (NetInterface interfaces = new NetInterface()) {
      try (Tap tap = Tap.open(NAME, 0, true)) {
        tap.persistent(true);
      }
      assertThat(interfaces.exists(NAME)).isTrue();
      try (Tap tap = Tap.open(NAME, 0, false)) {
        tap.persistent(false);
      }
      assertThat(interfaces.exists(NAME)).isFalse();
    }
  }

  @Test
  void adopted_isWhatItWas() {
    needRoot();
    try (Tap tap = Tap.open(NAME, Tap.IFF_VNET_HDR, true);
        Tap adopted = Tap.adopt(tap.fd().duplicate())) {
      assertThat(adopted.name()).isEqualTo(NAME);
      assertThat(adopted.has(Tap.IFF_VNET_HDR)).isTrue();
      assertThat(adopted.tryOffloads(Tap.TUN_F_CSUM | Tap.TUN_F_TSO4)).isZero();
    }
    try (Fd file = Fd.open("/dev/null", OpenFlags.RDWR, 0)) {
      assertThatThrownBy(() -> Tap.adopt(file)).hasMessageContaining("ENOTTY");
    }
  }

  @Test
  void interfaceThatIsNot_isRefusedByItsName() {
    try (NetInterface interfaces = new NetInterface()) {
      assertThat(interfaces.exists("nosuchif0")).isFalse();
      assertThatThrownBy(() -> interfaces.mtu("nosuchif0"))
          .hasMessage("SIOCGIFMTU nosuchif0: ENODEV: No such device");
    }
  }
}

package dev.jvmm.vhost;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.core.event.EventLoop;
import dev.jvmm.core.memory.GuestMemory;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.Spelling;
import dev.jvmm.linux.Fd;
import dev.jvmm.linux.LinuxException;
import dev.jvmm.linux.NetInterface;
import dev.jvmm.linux.OpenFlags;
import dev.jvmm.linux.Tap;
import dev.jvmm.virtio.net.NetFeatures;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TAP interfaces of this host: as they are asked for, and gone after. */
class TapNetworkTest {

  private static final String NAME = "jvmmtest" + ProcessHandle.current().pid() % 100_000;
  private static final GuestMemory NO_MEMORY = new GuestMemory(List.of());
  private static final TapConfig.Setup NOTHING = new TapConfig.Nothing();

  private final EventLoop loop = new EventLoop("test-io");
  @TempDir private Path folder;

  @AfterEach
  void close() {
    loop.close();
  }

  private static void needRoot() {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of(Tap.DEVICE)), "needs root and /dev/net/tun");
  }

  private static TapConfig config(TapConfig.Source source) {
    return new TapConfig(source, true, 0, new Spelling("netdev", "tap"));
  }

  private TapNetwork open(@Nullable String name, int queues, TapConfig.Setup setup) {
    return TapNetwork.open(config(new TapConfig.Interface(name, queues, setup)), loop);
  }

  private TapNetwork openFds(int... numbers) {
    List<Integer> list = Arrays.stream(numbers).boxed().toList();
    return TapNetwork.open(config(new TapConfig.Inherited(list)), loop);
  }

  private static boolean isThere(String name) {
    return Files.exists(Path.of("/sys/class/net", name));
  }

  @Test
  void interface_isMadeAndGoesAway() {
    needRoot();
    try (TapNetwork network = open(NAME, 1, NOTHING)) {
      assertThat(isThere(NAME)).isTrue();
      assertThat(network.backend(NO_MEMORY).maxPairs()).isEqualTo(1);
      assertThat(network.backend(NO_MEMORY).offloads())
          .isEqualTo(NetFeatures.GUEST_OFFLOADS | NetFeatures.HOST_OFFLOADS);
      assertThat(network.notice()).isNull();
    }
    assertThat(isThere(NAME)).isFalse();
  }

  @Test
  void interfaceWithoutHeaders_hasNoOffloads() {
    needRoot();
    TapConfig.Source source = new TapConfig.Interface(NAME, 1, NOTHING);
    TapConfig plain = new TapConfig(source, false, 1 << 20, new Spelling("netdev", "tap"));
    try (TapNetwork network = TapNetwork.open(plain, loop)) {
      assertThat(network.backend(NO_MEMORY).offloads()).isZero();
    }
  }

  @Test
  void queues_areTheInterfacesPairs() throws IOException {
    needRoot();
    try (TapNetwork network = open(NAME, 3, NOTHING)) {
      assertThat(network.backend(NO_MEMORY).maxPairs()).isEqualTo(3);
      network.backend(NO_MEMORY).begin(12, 0);
      network.backend(NO_MEMORY).activePairs(2);
      assertThat(queuesInUse()).isEqualTo(2);
      network.backend(NO_MEMORY).begin(12, 0);
      assertThat(queuesInUse()).isEqualTo(1);
    }
  }

  private static long queuesInUse() throws IOException {
    try (Stream<Path> queues = Files.list(Path.of("/sys/class/net", NAME, "queues"))) {
      return queues.filter(queue -> queue.getFileName().toString().startsWith("rx-")).count();
    }
  }

  @Test
  void existingInterface_isUsedAndStays() {
    needRoot();
    try (Tap persistent = Tap.open(NAME, Tap.IFF_VNET_HDR | Tap.IFF_MULTI_QUEUE, true)) {
      open(NAME, 1, new TapConfig.Own()).close();
      assertThat(isThere(persistent.name())).isTrue();
    }
  }

  @Test
  void interfaceInUse_isRefused() {
    needRoot();
    try (Tap taken = Tap.open(NAME, 0, true)) {
      assertThatThrownBy(() -> open(taken.name(), 1, NOTHING))
          .isInstanceOf(ConfigException.class)
          .hasMessage(
              "netdev tap: %s is in use by another program; choose another name", taken.name());
    }
  }

  @Test
  void interfaceThatIsNoTap_isRefused() {
    needRoot();
    assertThatThrownBy(() -> open("lo", 1, NOTHING))
        .hasMessageStartingWith("netdev tap: lo is there and is no such interface: no TAP");
  }

  @Test
  void ownNetwork_hasAnAddressThatIsTold() {
    needRoot();
    try (TapNetwork one = open(null, 1, new TapConfig.Own());
        TapNetwork two = open(null, 1, new TapConfig.Own())) {
      assertThat(one.notice())
          .matches(
              "network tap\\d+ is 192\\.168\\.\\d+\\.1/24 here, and the guest gets \\S+ by DHCP");
      assertThat(two.notice()).isNotNull().isNotEqualTo(one.notice());
    }
  }

  @Test
  void mtu_isThatOfAnInterfaceThatWasMade() {
    needRoot();
    try (NetInterface interfaces = new NetInterface();
        TapNetwork network = open(NAME, 1, NOTHING)) {
      network.mtu(9000);
      assertThat(interfaces.mtu(NAME)).isEqualTo(9000);
      assertThatThrownBy(() -> network.mtu(3)).hasMessageContaining("can't have MTU 3");
    }
  }

  @Test
  void bridgeThatIsNot_isRefused() {
    needRoot();
    assertThatThrownBy(() -> open(NAME, 1, new TapConfig.Bridge("nobridge0")))
        .hasMessage(
            "netdev tap: there is no bridge nobridge0; make it by: ip link add nobridge0 type"
                + " bridge");
    assertThat(isThere(NAME)).isFalse();
    assertThatThrownBy(() -> open(NAME, 1, new TapConfig.Bridge("lo")))
        .hasMessage("netdev tap: lo is no bridge");
    assertThat(isThere(NAME)).isFalse();
  }

  @Test
  void scripts_areRunWithTheName() throws IOException {
    needRoot();
    Path said = folder.resolve("said");
    Path script = folder.resolve("script");
    Files.writeString(script, "#!/bin/sh\necho $0 $1 >>" + said + "\n");
    assertThat(script.toFile().setExecutable(true)).isTrue();

    open(NAME, 1, new TapConfig.Scripts(script.toString(), script.toString())).close();

    assertThat(said).content().isEqualTo((script + " " + NAME + "\n").repeat(2));
  }

  @Test
  void scriptThatFails_isRefused() {
    needRoot();
    assertThatThrownBy(() -> open(NAME, 1, new TapConfig.Scripts("/bin/false", null)))
        .hasMessage("netdev tap: /bin/false %s has ended with status 1", NAME);
    assertThatThrownBy(() -> open(NAME, 1, new TapConfig.Scripts("/no/script", null)))
        .hasMessageStartingWith("netdev tap: /no/script can't be run: ");
    assertThat(isThere(NAME)).isFalse();
  }

  @Test
  void descriptors_areTaken() {
    needRoot();
    Tap one = Tap.open(NAME, Tap.IFF_VNET_HDR | Tap.IFF_MULTI_QUEUE, true);
    Tap two = Tap.open(NAME, Tap.IFF_VNET_HDR | Tap.IFF_MULTI_QUEUE, false);
    try (TapNetwork network = openFds(one.fd().number(), two.fd().number())) {
      assertThat(network.backend(NO_MEMORY).maxPairs()).isEqualTo(2);
    }
    assertThat(isThere(NAME)).isFalse();
  }

  @Test
  void descriptorThatIsNoTaps_isRefused() {
    Fd file = Fd.open("/dev/null", OpenFlags.RDWR, 0);
    assertThatThrownBy(() -> openFds(file.number()))
        .hasMessage("netdev tap: fd %d is no TAP's", file.number());
    file.close();
    assertThatThrownBy(() -> openFds(999_999))
        .hasMessage("netdev tap: fd 999999 is not open; have the shell open it");
  }

  @Test
  void descriptorsOfTwoInterfaces_areRefused() {
    needRoot();
    try (Tap one = Tap.open(NAME, Tap.IFF_VNET_HDR, true);
        Tap two = Tap.open(NAME + "b", Tap.IFF_VNET_HDR, true)) {
      assertThatThrownBy(() -> openFds(duplicate(one), duplicate(two)))
          .hasMessageContaining("all are queues of one interface");
    }
  }

  /** What is taken over is closed by who has taken it. */
  private static int duplicate(Tap tap) {
    return tap.fd().duplicate().number();
  }

  @ParameterizedTest
  @CsvSource({
    "open, 2, this host has no /dev/net/tun: load the module tun (modprobe tun)",
    "open, 13, /dev/net/tun may not be opened; ask for the right to read and write it",
    "TUNSETIFF, 1, only root (CAP_NET_ADMIN) may make or open this interface; run jvmm as root",
    "TUNSETIFF, 12, the host refuses: TUNSETIFF tap0: ENOMEM"
  })
  void refusals_sayWhatToDo(String operation, int errno, String sentence) {
    assertThat(TapOpener.reason("tap0", new LinuxException(operation, "tap0", errno)))
        .startsWith(sentence);
  }
}

package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestNetwork;
import dev.jvmm.machine.MachineBuilder;
import java.io.IOException;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What networks on TAP interfaces do as Linux uses them, whoever moves their frames.
 *
 * <p>Two guests serve all tests, a PC with a card for each set of properties and a microvm: under
 * emulation a boot takes longer than all of them do. The last tests reset one, and end both.
 */
@Tag("linux")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
abstract class NetworkContract {

  /** Runs behind the tests that need the guests as they have booted. */
  static final int LAST = Integer.MAX_VALUE;

  /** Under emulation a GiB takes minutes. */
  private static final long STREAM_BYTES =
      System.getenv("JVMM_NESTED") == null ? 1L << 30 : 1L << 22;

  private static final long SHORT_STREAM_BYTES = 1L << 20;
  private static final Duration LONG = Duration.ofSeconds(5);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final String way;
  private final List<Card> cards = new ArrayList<>();
  private Set<String> before = Set.of();
  private @Nullable Guest pc;
  private @Nullable Guest microvm;

  /**
   * A network and its device.
   *
   * @param network the properties of the one, each behind a comma
   * @param device those of the other
   */
  record Card(String network, String device) {}

  /**
   * For one way of moving frames.
   *
   * @param way what selects it, a property of the network behind a comma
   * @param variants cards that are to work besides the plain one and that of two pairs
   */
  NetworkContract(String way, List<Card> variants) {
    this.way = way;
    cards.add(new Card("", ""));
    cards.add(new Card(",queues=2", ",mq=on"));
    cards.addAll(variants);
  }

  @BeforeAll
  void boot() throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
    MachineBuilder machine = Guest.pc().cpus(2);
    for (int i = 0; i < cards.size(); i++) {
      machine.netdev("tap,id=n" + i + ",ifname=jvmm" + i + cards.get(i).network() + way);
      machine.device("virtio-net-pci,netdev=n" + i + cards.get(i).device());
    }
    MachineBuilder small = Guest.microvm().netdev("tap" + way);
    prepare(machine, small);
    before = traces();
    pc = Guest.start(machine);
    microvm = Guest.start(small);
    pc().awaitBoot();
    microvm().awaitBoot();
    GuestNetwork.load(pc(), "virtio_pci");
    GuestNetwork.load(microvm(), "virtio_mmio");
  }

  /** Prepares the host, and adds to the machines what further tests need. */
  abstract void prepare(MachineBuilder machine, MachineBuilder small) throws Exception;

  /** What is gone when the guests are. */
  Set<String> traces() throws IOException {
    return NetworkInterface.networkInterfaces()
        .map(NetworkInterface::getName)
        .collect(Collectors.toSet());
  }

  @AfterAll
  void close() {
    if (pc != null) {
      pc.close();
      pc = null;
    }
    if (microvm != null) {
      microvm.close();
      microvm = null;
    }
  }

  final Guest pc() {
    return Objects.requireNonNull(pc);
  }

  final Guest microvm() {
    return Objects.requireNonNull(microvm);
  }

  /** A card of the PC's by its number, with an address. */
  final GuestNetwork card(int number) throws IOException {
    GuestNetwork network = new GuestNetwork(pc(), "eth" + number);
    network.join(NetworkInterface.getByName("jvmm" + number));
    return network;
  }

  @Test
  void pc_hasANetworkAndAnAddress() throws Exception {
    GuestNetwork network = new GuestNetwork(pc(), "eth0");
    assertThat(network.lease()).matches("192\\.168\\.\\d+\\.2");
    network.pingHost(56);
    assertThat(network.answers(LONG)).isTrue();
    assertThat(network.relays(STREAM_BYTES)).isTrue();
    assertThat(network.attribute("address")).isEqualTo("52:54:00:12:34:56");
    assertThat(network.attribute("statistics/rx_errors")).isEqualTo("0");
    assertThat(network.attribute("statistics/tx_errors")).isEqualTo("0");
    // CSUM, GUEST_CSUM, CTRL_GUEST_OFFLOADS, MAC, TSO4, TSO6 and ECN both ways, MRG_RXBUF, STATUS,
    // CTRL_VQ, CTRL_RX, CTRL_VLAN, GUEST_ANNOUNCE, CTRL_MAC_ADDR, and what every device has.
    assertThat(VirtioPciLinuxTest.features(pc()))
        .startsWith("0 1 2 5 7 8 9 11 12 13 15 16 17 18 19 21 23 28 29 32"); // newer: 40
  }

  @Test
  void microvm_hasANetworkAndAnAddress() throws Exception {
    GuestNetwork network = new GuestNetwork(microvm(), "eth0");
    network.lease();
    assertThat(network.answers(LONG)).isTrue();
    assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
  }

  final Stream<Arguments> variants() {
    return IntStream.range(2, cards.size()).mapToObj(i -> Arguments.of(i, cards.get(i)));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void properties_changeHowFramesGoButNotTheirBytes(int number, Card properties) throws Exception {
    GuestNetwork network = card(number);
    assertThat(network.relays(SHORT_STREAM_BYTES)).as("%s", properties).isTrue();
  }

  @Test
  void twoPairs_areUsed() throws Exception {
    GuestNetwork network = card(1);
    assertThat(pc().run("ls /sys/class/net/eth1/queues").split("\\s+"))
        .containsExactly("rx-0", "rx-1", "tx-0", "tx-1");
    assertThat(VirtioPciLinuxTest.interrupts(pc())).contains("virtio1-input.1", "virtio1-output.1");
    for (int i = 0; i < 4; i++) { // whatever queue their numbers lead to
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    }
  }

  @Test
  @Order(LAST - 4)
  void cable_isPulledAndPluggedIn() throws Exception {
    GuestNetwork network = card(0);
    assertThat(network.attribute("carrier")).isEqualTo("1");

    pc().vm().link("n0", false);
    network.await("carrier", "0");
    assertThat(network.answers(SHORT)).isFalse();

    pc().vm().link("n0", true);
    network.await("carrier", "1");
    network.pingHost(56);
    assertThat(network.answers(LONG)).isTrue();
  }

  @Test
  @Order(LAST - 3)
  void resets_inTheMiddleOfTrafficLeaveANetwork() throws Exception {
    GuestNetwork network = card(0);
    network.flood();
    pc().run(
            "cd /sys/bus/virtio/drivers/virtio_net; for i in 1 2 3; do"
                + " echo virtio0 >unbind; echo virtio0 >bind; ip link set eth0 up; done; cd /");
    network.lease();
    assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    assertThat(VirtioPciLinuxTest.complaints(pc())).isEmpty();

    network.flood();
    pc().ask("reboot -f");
    pc().awaitBoot();
    GuestNetwork.load(pc(), "virtio_pci");
    network.lease();
    assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    assertThat(VirtioPciLinuxTest.complaints(pc())).isEmpty();
  }

  @Test
  @Order(LAST)
  void end_leavesNothingBehind() throws Exception {
    assertThat(traces()).contains("jvmm0");
    close();
    assertThat(traces()).isEqualTo(before);
  }
}

package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestNetwork;
import java.net.NetworkInterface;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The network device on a TAP interface of its own, as Linux uses it. */
@Tag("linux")
@FirstLevel(seconds = 150)
class NetworkLinuxTest {

  /** Under emulation a GiB takes minutes. */
  private static final long STREAM_BYTES =
      System.getenv("JVMM_NESTED") == null ? 1L << 30 : 1L << 24;

  private static final long SHORT_STREAM_BYTES = 1L << 22;
  private static final String CARD = "/sys/class/net/eth0/";

  @BeforeAll
  static void interfacesCanBeMade() {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
  }

  @Test
  void pc_hasANetworkAndAnAddress() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().netdev("tap,ifname=jvmm0"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      assertThat(network.lease()).matches("192\\.168\\.\\d+\\.2");
      network.pingHost(56);
      assertThat(network.answers()).isTrue();
      assertThat(network.relays(STREAM_BYTES)).isTrue();
      assertThat(guest.run("cat " + CARD + "address")).isEqualTo("52:54:00:12:34:56");
      assertThat(guest.run("cat " + CARD + "statistics/rx_errors " + CARD + "statistics/tx_errors"))
          .isEqualTo("0\n0");
      // CSUM, GUEST_CSUM, CTRL_GUEST_OFFLOADS, MAC, TSO4, TSO6 and ECN both ways, MRG_RXBUF,
      // STATUS,
      // CTRL_VQ, CTRL_RX, CTRL_VLAN, GUEST_ANNOUNCE, CTRL_MAC_ADDR, and what every device has.
      assertThat(VirtioPciLinuxTest.features(guest))
          .startsWith("0 1 2 5 7 8 9 11 12 13 15 16 17 18 19 21 23 28 29 32"); // newer: 40
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
    assertThat(GuestNetwork.isThere("jvmm0")).isFalse();
  }

  @Test
  void microvm_hasANetwork() throws Exception {
    try (Guest guest = Guest.boot(Guest.microvm().netdev("tap"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_mmio");
      network.lease();
      assertThat(network.answers()).isTrue();
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mrg_rxbuf=off",
        "mrg_rxbuf=off,guest_tso4=off,guest_tso6=off",
        "csum=off,guest_csum=off",
        "ctrl_vq=off",
        "disable-legacy=off",
        "ioeventfd=off,event_idx=off,indirect_desc=off",
        "vectors=0"
      })
  void properties_changeHowFramesGoButNotTheirBytes(String properties) throws Exception {
    try (Guest guest =
        Guest.boot(
            Guest.pc().netdev("tap,id=n0").device("virtio-net-pci,netdev=n0," + properties))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      network.lease();
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    }
  }

  @Test
  void framesWithoutHeaders_arriveToo() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().netdev("tap,vnet_hdr=off,sndbuf=1M"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      network.lease();
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    }
  }

  @Test
  void jumboFrames_goThroughWhole() throws Exception {
    try (Guest guest =
        Guest.boot(
            Guest.pc()
                .netdev("tap,id=n0,ifname=jumbo0")
                .device("virtio-net-pci,netdev=n0,host_mtu=9000,speed=25000,duplex=full"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      network.lease();
      assertThat(guest.run("cat " + CARD + "mtu " + CARD + "speed " + CARD + "duplex"))
          .isEqualTo("9000\n25000\nfull");
      assertThat(NetworkInterface.getByName("jumbo0").getMTU()).isEqualTo(9000);
      network.pingHost(8972); // with both headers 9000
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
    }
  }

  @Test
  void twoPairs_areUsed() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().cpus(2).netdev("tap,queues=2"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      network.lease();
      assertThat(guest.run("ls " + CARD + "queues").split("\\s+"))
          .containsExactly("rx-0", "rx-1", "tx-0", "tx-1");
      assertThat(VirtioPciLinuxTest.interrupts(guest)).contains("input.1", "output.1");
      for (int i = 0; i < 4; i++) { // whatever queue their numbers lead to
        assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
      }
    }
  }

  @Test
  void cable_isPulledAndPluggedIn() throws Exception {
    try (Guest guest =
        Guest.boot(Guest.pc().netdev("tap,id=n0").device("virtio-net-pci,netdev=n0"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      network.lease();
      assertThat(guest.run("cat " + CARD + "carrier")).isEqualTo("1");

      guest.vm().link("n0", false);
      await(() -> guest.run("cat " + CARD + "carrier").equals("0"));
      assertThat(network.answers()).isFalse();

      guest.vm().link("n0", true);
      await(() -> guest.run("cat " + CARD + "carrier").equals("1"));
      network.pingHost(56);
      assertThat(network.answers()).isTrue();
    }
  }

  @Test
  void resets_inTheMiddleOfTrafficLeaveANetwork() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().netdev("tap"))) {
      GuestNetwork network = new GuestNetwork(guest);
      network.load("virtio_pci");
      network.lease();
      String flood = "(ping -A -s 1400 " + network.hostAddress() + " >/dev/null 2>&1 &)";
      guest.run(flood);
      guest.run(
          "cd /sys/bus/virtio/drivers/virtio_net; for i in 1 2 3; do"
              + " echo virtio0 >unbind; echo virtio0 >bind; ip link set eth0 up; done; cd /");
      network.lease();
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();

      guest.run(flood);
      guest.ask("reboot -f");
      guest.awaitBoot();
      network.load("virtio_pci");
      network.lease();
      assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @Test
  void bridge_connectsTwoGuests() throws Exception {
    GuestNetwork.onHost("ip", "link", "add", "jvmmbr0", "type", "bridge");
    GuestNetwork.onHost("ip", "link", "set", "jvmmbr0", "up");
    try (Guest one = Guest.boot(Guest.pc().netdev("tap,br=jvmmbr0"));
        Guest two =
            Guest.boot(Guest.pc().nic("tap,br=jvmmbr0,ifname=two0,mac=52:54:00:00:00:02"))) {
      new GuestNetwork(one).load("virtio_pci");
      new GuestNetwork(two).load("virtio_pci");
      one.run("ip addr add 10.7.0.1/24 dev eth0");
      two.run("ip addr add 10.7.0.2/24 dev eth0");
      one.run("ping -c 3 -W 5 10.7.0.2");
      two.run("ping -c 3 -W 5 -s 1400 10.7.0.1");
      assertThat(two.run("cat " + CARD + "address")).isEqualTo("52:54:00:00:00:02");
    } finally {
      assertThat(GuestNetwork.isThere("two0")).isFalse();
      GuestNetwork.onHost("ip", "link", "del", "jvmmbr0");
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + 30_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("it never comes").isLessThan(deadline);
    }
  }
}

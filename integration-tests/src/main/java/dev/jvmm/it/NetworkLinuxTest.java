package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.it.guest.GuestNetwork;
import dev.jvmm.machine.MachineBuilder;
import java.net.NetworkInterface;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** The network device on TAP interfaces whose frames jvmm moves. */
@FirstLevel(seconds = 75)
class NetworkLinuxTest extends NetworkContract {

  private static final String BRIDGE = "jvmmbr0";
  private static final int JUMBO = 2;

  /** Behind all others: a network that brings its device along comes last. */
  private static final int BRIDGED = 11;

  NetworkLinuxTest() {
    super(
        "",
        List.of(
            new Card("", ",host_mtu=9000,speed=25000,duplex=full"),
            new Card("", ",mrg_rxbuf=off"),
            new Card("", ",mrg_rxbuf=off,guest_tso4=off,guest_tso6=off"),
            new Card("", ",csum=off,guest_csum=off"),
            new Card("", ",ctrl_vq=off"),
            new Card("", ",disable-legacy=off"),
            new Card("", ",ioeventfd=off,event_idx=off,indirect_desc=off"),
            new Card("", ",vectors=0"),
            new Card(",vnet_hdr=off,sndbuf=1M", "")));
  }

  @Override
  void prepare(MachineBuilder machine, MachineBuilder small) throws Exception {
    GuestNetwork.onHost("ip", "link", "add", BRIDGE, "type", "bridge");
    GuestNetwork.onHost("ip", "link", "set", BRIDGE, "up");
    machine.nic("tap,br=" + BRIDGE);
    small.nic("tap,br=" + BRIDGE + ",ifname=two0,mac=52:54:00:00:00:02");
  }

  @AfterAll
  static void removeBridge() throws Exception {
    GuestNetwork.onHost("ip", "link", "del", BRIDGE);
  }

  @Test
  void jumboFrames_goThroughWhole() throws Exception {
    GuestNetwork network = new GuestNetwork(pc(), "eth" + JUMBO);
    network.lease();
    assertThat(network.attribute("mtu")).isEqualTo("9000");
    assertThat(network.attribute("speed")).isEqualTo("25000");
    assertThat(network.attribute("duplex")).isEqualTo("full");
    assertThat(NetworkInterface.getByName("jvmm" + JUMBO).getMTU()).isEqualTo(9000);
    network.pingHost(8972); // with both headers 9000
  }

  @Test
  void bridge_connectsTwoGuests() {
    GuestNetwork two = new GuestNetwork(microvm(), "eth1");
    assertThat(two.attribute("address")).isEqualTo("52:54:00:00:00:02");
    pc().run("ip addr add 10.7.0.1/24 dev eth" + BRIDGED);
    microvm().run("ip addr add 10.7.0.2/24 dev eth1");
    pc().run("ping -A -c 3 -W 5 10.7.0.2");
    microvm().run("ping -A -c 3 -W 5 -s 1400 10.7.0.1");
  }
}

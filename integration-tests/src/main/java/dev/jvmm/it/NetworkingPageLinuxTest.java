package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.it.guest.CommandRun;
import dev.jvmm.it.guest.GuestNetwork;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What docs/networking.md tells the user to paste, pasted: its blocks are one script, on a host
 * made of namespaces, and what all its jvmm commands say of networks is one guest's.
 */
@Tag("linux")
@FirstLevel(seconds = 60)
class NetworkingPageLinuxTest {

  private static final Path PAGE =
      Path.of(System.getProperty("jvmm.checkout", "missing"), "docs/networking.md");
  private static final Pattern BLOCK =
      Pattern.compile("^```sh\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  private static final List<String> ELSEWHERE =
      List.of("unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc");

  /** A host with a card, somebody on that card's network, and a world that knows no guest. */
  private static final String HOST =
      """
      set -e
      mount -t sysfs sysfs /sys
      mount -t tmpfs tmpfs /run
      for folder in /etc /usr/lib/qemu /var; do
        mkdir -p /run/upper$folder /run/work$folder
        mount -t overlay -o "lowerdir=$folder,upperdir=/run/upper$folder,workdir=/run/work$folder" o $folder
      done
      ip link set lo up
      while read -r place card address; do
        ip netns add "$place"
        ip link add "$card" type veth peer name its netns "$place"
        ip -n "$place" addr add "$address/24" dev its
        ip -n "$place" link set its up
        ip link set "$card" up
      done <<'END'
      lan eth1 192.168.70.1
      world eth0 203.0.113.1
      END
      ip addr add 203.0.113.2/24 dev eth0
      /usr/share/openvswitch/scripts/ovs-ctl --system-id=test start >/run/ovs 2>&1 || cat /run/ovs
      USER=root
      networks=
      jvmm() {
        while [ $# -gt 0 ]; do
          case $1 in -netdev | -device) networks="$networks $1 $2" ;; esac
          case $2 in *,fd=3*) exec 4<&3 ;; esac
          shift 2
        done
      }
      """;

  /** Behind the blocks: the guest, and what is left when it has ended. */
  private static final String GUEST =
      """
      "$@" $networks 3<&4
      echo "left: $(ovs-vsctl list-ports ovs0) $(ls /sys/class/net | grep tap)"
      """;

  private static String script() throws IOException {
    String blocks =
        BLOCK
            .matcher(Files.readString(PAGE))
            .results()
            .map(block -> block.group(1))
            .collect(Collectors.joining());
    assertThat(blocks).contains("-netdev tap\n", "dnsmasq", "ovs-vsctl", "macvtap", "nft");
    return HOST + blocks + GUEST;
  }

  @Test
  void blocks_connectAGuest(@TempDir Path folder) throws Exception {
    boolean root = "root".equals(System.getProperty("user.name"));
    assumeTrue(root && Files.isWritable(Path.of("/dev/net/tun")), "needs root and /dev/net/tun");
    List<String> starter =
        Stream.concat(ELSEWHERE.stream(), List.of("sh", "-c", script(), "sh").stream()).toList();
    try (CommandRun guest = new CommandRun(folder, starter)) {
      guest.run("load virtio_pci" + GuestNetwork.DRIVERS);
      // The macvtap's has a device of its own and is first, the others are as on the page.
      talk(guest, "eth0", "192.168.70.2", "192.168.70.1");
      guest.run(GuestNetwork.LEASE + "eth1");
      String own = address(guest, "eth1").replaceFirst("\\.2$", ".1");
      guest.run("ip route add default via " + own + " && ping -A -c 2 -W 5 203.0.113.1"); // by NAT
      talk(guest, "eth2", "192.168.51.2", "192.168.51.1");
      guest.run(GuestNetwork.LEASE + "eth3"); // dnsmasq's
      assertThat(address(guest, "eth3")).matches("192\\.168\\.50\\.1\\d\\d|192\\.168\\.50\\.200");
      guest.run("ping -A -c 2 -W 5 192.168.50.1 && ip link set eth3 down");
      talk(guest, "eth4", "192.168.50.2", "192.168.50.1"); // the helper's
      talk(guest, "eth5", "192.168.60.2", "192.168.60.1"); // Open vSwitch's
      guest.ask("poweroff -f");
      assertThat(guest.words()).endsWith("left:  macvtap0\ntap0\n");
    }
  }

  private static void talk(CommandRun guest, String card, String address, String other) {
    guest.run("ip addr add " + address + "/24 dev " + card + " && ping -A -c 2 -W 5 " + other);
  }

  private static String address(CommandRun guest, String card) {
    return guest.run("ip -4 addr show dev " + card + " | sed -n 's/.*inet \\([^/]*\\).*/\\1/p'");
  }
}

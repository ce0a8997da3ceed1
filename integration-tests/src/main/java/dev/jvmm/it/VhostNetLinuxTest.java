package dev.jvmm.it;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.it.guest.Guest;
import dev.jvmm.it.guest.GuestNetwork;
import dev.jvmm.machine.MachineBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The network device on a TAP interface whose frames the host's kernel moves. */
@Tag("linux")
@FirstLevel(seconds = 150)
class VhostNetLinuxTest {

  /** Under emulation a GiB takes minutes. */
  private static final long STREAM_BYTES =
      System.getenv("JVMM_NESTED") == null ? 1L << 30 : 1L << 24;

  private static final long SHORT_STREAM_BYTES = 1L << 22;
  private static final String CARRIER = "cat /sys/class/net/eth0/carrier";

  @BeforeAll
  static void deviceCanBeOpened() {
    boolean root = "root".equals(System.getProperty("user.name"));
    boolean devices =
        Files.isWritable(Path.of("/dev/net/tun")) && Files.isWritable(Path.of("/dev/vhost-net"));
    assumeTrue(root && devices, "needs root, /dev/net/tun and /dev/vhost-net");
  }

  private static GuestNetwork network(Guest guest, String bus) {
    GuestNetwork network = new GuestNetwork(guest);
    network.load(bus);
    network.lease();
    return network;
  }

  /** The kernel's threads that work for somebody's queues. */
  private static long kernelThreads() throws IOException {
    try (Stream<Path> processes = Files.list(Path.of("/proc"))) {
      return processes.filter(VhostNetLinuxTest::isVhost).count();
    }
  }

  private static boolean isVhost(Path process) {
    try {
      return Files.readString(process.resolve("comm")).startsWith("vhost-");
    } catch (IOException e) {
      return false; // no process, or not any more
    }
  }

  @Test
  void pc_hasItsFramesMovedByTheKernel() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().netdev("tap,ifname=jvmm0,vhost=on"))) {
      GuestNetwork network = network(guest, "virtio_pci");
      assertThat(kernelThreads()).isEqualTo(1);
      network.pingHost(56);
      assertThat(network.answers()).isTrue();
      assertThat(network.relays(STREAM_BYTES)).isTrue();
      assertThat(VirtioPciLinuxTest.features(guest)).contains(" 15 ").contains(" 28 29 32");
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
    assertThat(kernelThreads()).isZero();
    assertThat(GuestNetwork.isThere("jvmm0")).isFalse();
  }

  @Test
  void microvm_hasItsFramesMovedByTheKernel() throws Exception {
    try (Guest guest = Guest.boot(Guest.microvm().netdev("tap,vhost=on"))) {
      assertThat(network(guest, "virtio_mmio").relays(SHORT_STREAM_BYTES)).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "            | vectors=0",
        "            | vectors=2",
        "            | ioeventfd=off,event_idx=off",
        "            | mrg_rxbuf=off",
        "            | disable-legacy=off",
        "            | speed=1000",
        ",queues=2   | mq=off",
      })
  void properties_changeHowFramesGoButNotTheirBytes(String network, String device)
      throws Exception {
    String netdev = "tap,id=n0,vhost=on" + (network == null ? "" : network);
    MachineBuilder machine = Guest.pc().netdev(netdev).device("virtio-net-pci,netdev=n0," + device);
    try (Guest guest = Guest.boot(machine)) {
      assertThat(network(guest, "virtio_pci").relays(SHORT_STREAM_BYTES)).isTrue();
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
    }
  }

  @Test
  void twoPairs_haveAThreadEach() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().cpus(2).netdev("tap,queues=2,vhost=on"))) {
      GuestNetwork network = network(guest, "virtio_pci");
      assertThat(kernelThreads()).isEqualTo(2);
      assertThat(VirtioPciLinuxTest.interrupts(guest)).contains("input.1", "output.1");
      for (int i = 0; i < 4; i++) { // whatever queue their numbers lead to
        assertThat(network.relays(SHORT_STREAM_BYTES)).isTrue();
      }
    }
  }

  @Test
  void cable_isPulledAndPluggedIn() throws Exception {
    MachineBuilder machine =
        Guest.pc().netdev("tap,id=n0,vhost=on").device("virtio-net-pci,netdev=n0");
    try (Guest guest = Guest.boot(machine)) {
      GuestNetwork network = network(guest, "virtio_pci");
      guest.vm().link("n0", false);
      guest.run("until [ $(" + CARRIER + ") = 0 ]; do sleep 0.1; done");
      assertThat(network.answers()).isFalse();
      guest.vm().link("n0", true);
      guest.run("until [ $(" + CARRIER + ") = 1 ]; do sleep 0.1; done");
      network.pingHost(56);
      assertThat(network.answers()).isTrue();
    }
  }

  @Test
  void resets_inTheMiddleOfTrafficLeaveANetwork() throws Exception {
    try (Guest guest = Guest.boot(Guest.pc().netdev("tap,vhost=on"))) {
      GuestNetwork network = network(guest, "virtio_pci");
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
      assertThat(network(guest, "virtio_pci").relays(SHORT_STREAM_BYTES)).isTrue();
      assertThat(VirtioPciLinuxTest.complaints(guest)).isEmpty();
      assertThat(kernelThreads()).isEqualTo(1);
    }
  }
}

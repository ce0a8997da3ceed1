package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.net.NicConfig;
import dev.jvmm.vhost.TapConfig;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NetworkTest {

  private static MachineBuilder pc() {
    return Machine.pc().noDefaults();
  }

  private static NicConfig nic(MachineConfig config, String netdev) {
    return Objects.requireNonNull(config.network().nics().get(netdev));
  }

  private static TapConfig.Interface named(NicConfig nic) {
    return (TapConfig.Interface) nic.tap().source();
  }

  @Test
  void netdevAlone_bringsItsDeviceAndAnAddress() {
    MachineConfig config = pc().netdev("tap").config();
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("virtio-net-pci", Map.of("netdev", "net0")));
    assertThat(nic(config, "net0").mac()).hasToString("52:54:00:12:34:56");
    assertThat(named(nic(config, "net0")))
        .isEqualTo(new TapConfig.Interface(null, 1, new TapConfig.Own()));
    assertThat(config.network().warnings()).isEmpty();
  }

  @Test
  void netdevAlone_onMicrovmBringsAnMmioDevice() {
    MachineConfig config = Machine.microvm().noDefaults().netdev("tap").config();
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("virtio-net-device", Map.of("netdev", "net0")));
  }

  @Test
  void netdevOfSeveralQueues_bringsADeviceThatUsesThem() {
    MachineConfig config = pc().netdev("tap,queues=4").config();
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("virtio-net-pci", Map.of("netdev", "net0", "mq", "on")));
    assertThat(nic(config, "net0").tap().queues()).isEqualTo(4);
  }

  @Test
  void netdevWithAnId_waitsForItsDevice() {
    MachineConfig config =
        pc().netdev("tap,id=n0,ifname=tap7,script=no")
            .device("virtio-net,netdev=n0,mac=52-54-0-0-0-AA")
            .config();
    assertThat(named(nic(config, "n0")))
        .isEqualTo(new TapConfig.Interface("tap7", 1, new TapConfig.Nothing()));
    assertThat(nic(config, "n0").mac()).hasToString("52:54:00:00:00:aa");
  }

  @Test
  void nic_isNetworkAndDevice() {
    MachineConfig config =
        pc().nic("none").nic("tap,id=c0,br=br0,mac=52:54:00:00:00:01,model=virtio").config();
    assertThat(config.devices())
        .containsExactly(
            new DeviceConfig(
                "virtio-net-pci",
                Map.of("netdev", "net0", "mac", "52:54:00:00:00:01", "id", "c0")));
    assertThat(named(nic(config, "net0")).setup()).isEqualTo(new TapConfig.Bridge("br0"));
  }

  @Test
  void addresses_countOnAndLeaveOutThoseThatAreTaken() {
    MachineConfig config =
        pc().netdev("tap,id=a")
            .netdev("tap,id=b")
            .netdev("tap,id=c")
            .device("virtio-net-pci,netdev=a")
            .device("virtio-net-pci,netdev=b,mac=52:54:00:12:34:57")
            .device("virtio-net-pci,netdev=c")
            .config();
    assertThat(nic(config, "a").mac()).hasToString("52:54:00:12:34:56");
    assertThat(nic(config, "c").mac()).hasToString("52:54:00:12:34:58");
  }

  @Test
  void names_leaveOutThoseThatAreTaken() {
    MachineConfig config =
        pc().netdev("tap,id=net0").netdev("tap").device("virtio-net-pci,netdev=net0").config();
    assertThat(config.network().nics()).containsOnlyKeys("net0", "net1");
  }

  @Test
  void json_isReadToo() {
    MachineConfig config =
        pc().netdev("{\"type\":\"tap\",\"id\":\"n\",\"fds\":\"7:8\",\"vnet_hdr\":false}")
            .device("virtio-net-pci,netdev=n,mq=on")
            .config();
    assertThat(nic(config, "n").tap().source()).isEqualTo(new TapConfig.Inherited(List.of(7, 8)));
    assertThat(nic(config, "n").tap().header()).isFalse();
  }

  @Test
  void scripts_areKept() {
    MachineConfig config = pc().netdev("tap,script=/up,downscript=no").config();
    assertThat(named(nic(config, "net0")).setup()).isEqualTo(new TapConfig.Scripts("/up", null));
  }

  @Test
  void netdevWithoutDevice_isWarnedOf() {
    MachineConfig config = pc().netdev("tap,id=n0").config();
    assertThat(config.network().warnings())
        .containsExactly(
            "-netdev tap,id=n0: no device has it, and it is not opened; add -device"
                + " virtio-net-pci,netdev=n0");
    assertThat(config.network().nics()).isEmpty();
  }

  @Test
  void deviceWithoutNetdev_isRefused() {
    refuses(
        pc().device("virtio-net-pci"),
        "device virtio-net-pci: netdev is missing, add netdev=ID and -netdev tap,id=ID");
    refuses(
        pc().device("virtio-net-pci,netdev=n0"),
        "device virtio-net-pci,netdev=n0: no netdev n0; add -netdev tap,id=n0");
    refuses(
        pc().netdev("tap,id=lan").device("virtio-net-pci,netdev=lam"),
        "device virtio-net-pci,netdev=lam: no netdev lam; did you mean lan?");
  }

  @Test
  void netdevOfTwoDevices_isRefused() {
    refuses(
        pc().netdev("tap,id=n")
            .device("virtio-net-pci,netdev=n")
            .device("virtio-net-pci,netdev=n,id=two"),
        "device virtio-net-pci,id=two,netdev=n: netdev n is taken by -device"
            + " virtio-net-pci,netdev=n; each serves one device");
  }

  @Test
  void idOfTwoNetdevs_isRefused() {
    MachineBuilder machine = pc().netdev("tap,id=n");
    assertThatThrownBy(() -> machine.netdev("tap,id=n,ifname=x"))
        .hasMessage("netdev tap,id=n,ifname=x: the id n is taken by -netdev tap,id=n");
  }

  @Test
  void addressOfTwoDevices_isRefused() {
    refuses(
        pc().nic("tap,mac=52:54:00:00:00:01").nic("tap,mac=52:54:0:0:0:1"),
        "device virtio-net-pci,mac=52:54:0:0:0:1,netdev=net1: the address 52:54:0:0:0:1 is taken by"
            + " -device virtio-net-pci,mac=52:54:00:00:00:01,netdev=net0; give another");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "01:00:5e:00:00:01 | mac is one station's, not a group's as 01:00:5e:00:00:01; make its"
            + " first byte even",
        "00:00:00:00:00:00 | mac is an address as 52:54:00:12:34:56, not 00:00:00:00:00:00",
        "52:54:00:12:34    | mac is an address as 52:54:00:12:34:56, not 52:54:00:12:34",
        "52:54:00:12:34:+6 | mac is an address as 52:54:00:12:34:56, not 52:54:00:12:34:+6"
      })
  void addressThatIsNoStations_isRefused(String mac, String reason) {
    assertThatThrownBy(() -> pc().device("virtio-net-pci,netdev=n,mac=" + mac))
        .isInstanceOf(ConfigException.class)
        .hasMessage("device virtio-net-pci,netdev=n,mac=" + mac + ": " + reason);
    assertThatThrownBy(() -> pc().nic("tap,mac=" + mac))
        .hasMessage("nic tap,mac=" + mac + ": " + reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "user | there is no network of type user here; use tap",
        "tpa | type is one of tap, bridge, not tpa; did you mean tap?",
        "tap,vhost=off,vhostfd=3 | vhost=off, and a descriptor for it; leave one of them out",
        "tap,vhost=on,vnet_hdr=off | the kernel moves frames with their headers;"
            + " leave vnet_hdr=off out",
        "tap,vhost=on,vhostfds=3:4 | there are 2 descriptors of vhost for 1 queues; give one each",
        "tap,queues=2,vhostfd=3 | there are 1 descriptors of vhost for 2 queues; give one each",
        "tap,vhostfd=3,vhostfds=3 | give vhostfd for one queue, or vhostfds for several",
        "tap,vhostfd=x | x is no descriptor; give its number",
        "tap,helper=/x,ifname=t | the helper makes an interface of one queue; leave out helper, or"
            + " ifname",
        "bridge,queues=2 | no property queues",
        "tap,ifname=abcdefghijklmnop | ifname is at most 15 letters, digits and signs without"
            + " spaces, not abcdefghijklmnop",
        "tap,ifname=a/b | ifname is at most 15 letters, digits and signs without spaces, not a/b",
        "tap,fds=3:4,queues=4 | there are 2 descriptors for 4 queues; give one each",
        "tap,fd=three | three is no descriptor; give its number",
        "tap,fds=3:x | x is no descriptor; give its number",
        "tap,fd=-1 | -1 is no descriptor; give its number",
        "tap,fd=3,fds=4 | give fd for one queue, or fds for several",
        "tap,fd=3,ifname=a | descriptors are open already; leave out fd and fds, or ifname",
        "tap,br=a,script=b | a bridge and a script: the script can do both; leave out br",
        "tap,queues=0 | queues is between 1 and 256, not 0",
        "tap,ifnam=a | no property ifnam; did you mean ifname?"
      })
  void netdevThatMakesNoSense_isRefused(String text, String reason) {
    assertThatThrownBy(() -> pc().netdev(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("netdev " + text + ": " + reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"e1000", "rtl8139"})
  void modelThatIsNotThere_isRefused(String model) {
    refuses(
        pc().nic("tap,model=" + model),
        "nic tap,model=" + model + ": there is no " + model + " here; say model=virtio");
  }

  private static void refuses(MachineBuilder machine, String sentence) {
    assertThatThrownBy(machine::config).isInstanceOf(ConfigException.class).hasMessage(sentence);
  }
}

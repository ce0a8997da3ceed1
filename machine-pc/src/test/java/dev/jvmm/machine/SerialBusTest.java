package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.catalog.DeviceCatalog;
import dev.jvmm.virtio.console.ConsoleConfig;
import dev.jvmm.virtio.console.PortConfig;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SerialBusTest {

  private static List<SerialBus> plan(String... devices) {
    return SerialBus.plan(Stream.of(devices).map(DeviceCatalog::parse).toList());
  }

  @Test
  void loneConsole_isTheOnlyPort() {
    List<SerialBus> buses = plan("virtio-serial-pci", "virtconsole,chardev=c");

    assertThat(buses).hasSize(1);
    assertThat(buses.get(0).config())
        .isEqualTo(new ConsoleConfig(1, List.of(new PortConfig(0, true, ""))));
    assertThat(buses.get(0).chardevs()).isEqualTo(Map.of(0, "c"));
  }

  @Test
  void consoleWithRoomForMore_hasControlQueues() {
    assertThat(plan("virtio-serial-pci,max_ports=4", "virtconsole,chardev=c").get(0).config())
        .isEqualTo(new ConsoleConfig(4, List.of(new PortConfig(0, true, ""))));
    assertThat(plan("virtio-serial-pci").get(0).config().maxPorts()).isEqualTo(31);
  }

  @Test
  void ports_haveTheNextFreeNumbers() {
    ConsoleConfig config =
        plan(
                "virtio-serial-device",
                "virtserialport,chardev=a,name=org.a",
                "virtserialport,chardev=b,nr=3",
                "virtconsole,chardev=c",
                "virtconsole,chardev=d",
                "virtserialport,chardev=e")
            .get(0)
            .config();

    assertThat(config.ports())
        .containsExactly(
            new PortConfig(1, false, "org.a"),
            new PortConfig(3, false, ""),
            new PortConfig(0, true, ""),
            new PortConfig(2, true, ""),
            new PortConfig(4, false, ""));
  }

  @Test
  void ports_goToTheBusThatTheyNameOrTheFirstWithRoom() {
    List<SerialBus> buses =
        plan(
            "virtio-serial-pci,id=one,max_ports=2",
            "virtio-serial-pci",
            "virtserialport,chardev=a",
            "virtconsole,chardev=b,bus=virtio-serial-bus.1",
            "virtconsole,chardev=c,bus=one.0",
            "virtserialport,chardev=d");

    assertThat(buses.get(0).chardevs()).isEqualTo(Map.of(1, "a", 0, "c"));
    assertThat(buses.get(1).chardevs()).isEqualTo(Map.of(0, "b", 1, "d"));
  }

  @Test
  void portWithoutABus_isRefused() {
    assertThatThrownBy(() -> plan("virtconsole,chardev=c"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("virtconsole,chardev=c")
        .hasMessageContaining("add -device virtio-serial-pci");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      delimiter = '|',
      textBlock =
          """
          virtserialport,chardev=c,nr=0          | is a console's
          virtserialport,chardev=c,nr=31         | 0 to 30
          virtserialport,chardev=c,nr=5          | raise max_ports
          virtserialport,chardev=c,nr=0xffffffff | numbers from 0 to 30
          virtserialport,chardev=c,bus=x.0       | no bus x.0; there is s.0
          """)
  void portThatCannotBe_isRefused(String port, String why) {
    assertThatThrownBy(() -> plan("virtio-serial-pci,id=s,max_ports=5", port))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("virtserialport,")
        .hasMessageContaining(why);
  }

  @Test
  void numberThatIsTaken_isRefused() {
    assertThatThrownBy(
            () ->
                plan(
                    "virtio-serial-pci",
                    "virtserialport,chardev=a,nr=4",
                    "virtserialport,chardev=b,nr=4"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("port 4 of virtio-serial-bus.0 is taken");
  }

  @Test
  void maxPorts_areBounded() {
    assertThatThrownBy(() -> plan("virtio-serial-pci,max_ports=32"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("1 to 31");
    assertThatThrownBy(() -> plan("virtio-serial-pci,max_ports=0"))
        .isInstanceOf(ConfigException.class);
  }

  @Test
  void defaultGuest_hasItsShellWhereSomeoneIs() {
    MachineBuilder machine =
        Machine.pc()
            .onTerminal()
            .chardev("stdio,id=c")
            .device("virtio-serial-pci")
            .device("virtconsole,chardev=c");
    assertThat(GuestBoot.consoleOf(machine.config())).isEqualTo("hvc0");
    assertThat(GuestBoot.consoleOf(machine.serial("file:/dev/full").config())).isEqualTo("ttyS0");
    assertThat(GuestBoot.consoleOf(Machine.pc().onTerminal().serial("none").config()))
        .isEqualTo("ttyS0");
  }

  @Test
  void configuration_checksThePortsAndTheirCharacterDevices() {
    MachineBuilder machine =
        Machine.pc().chardev("c", new ChardevConfig.Null()).device("virtconsole,chardev=c");
    assertThatThrownBy(machine::config).hasMessageContaining("add -device virtio-serial-pci");
    assertThat(machine.device("virtio-serial-pci").config().devices()).hasSize(2);
    assertThatThrownBy(() -> machine.device("virtserialport,chardev=c").config())
        .hasMessageContaining("is taken by -device virtconsole");
    assertThatThrownBy(
            () -> Machine.pc().device("virtio-serial-pci").device("virtconsole").config())
        .hasMessageContaining("chardev is missing");
  }
}

package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.vm.ConfigException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionsTest {

  @Test
  void serial_formsOfIt() {
    MachineConfig config =
        Machine.pc().serial("pty").serial("file:/o").serial("unix:/s,server,nowait").config();
    assertThat(config.serials())
        .containsExactly(
            new SerialConfig(1, "serial0"),
            new SerialConfig(2, "serial1"),
            new SerialConfig(3, "serial2"));
    assertThat(config.chardevs())
        .isEqualTo(
            Map.of(
                "serial0", new ChardevConfig.Pty(),
                "serial1", new ChardevConfig.File("/o", false),
                "serial2", new ChardevConfig.UnixServer("/s", false)));
  }

  @Test
  void serial_moreFormsOfIt() {
    MachineConfig config =
        Machine.pc()
            .serial("mon:stdio")
            .serial("null")
            .serial("unix:/c")
            .serial("unix:/s,server=on")
            .config();
    assertThat(config.chardevs())
        .isEqualTo(
            Map.of(
                "serial0", new ChardevConfig.Stdio(true, false),
                "serial1", new ChardevConfig.Null(),
                "serial2", new ChardevConfig.UnixClient("/c"),
                "serial3", new ChardevConfig.UnixServer("/s", true)));
  }

  @Test
  void serial_none_leavesThePortOut() {
    MachineConfig config = Machine.pc().serial("none").serial("null").config();
    assertThat(config.serials()).containsExactly(new SerialConfig(2, "serial1"));
    assertThat(Machine.pc().serial("none").config().serials()).isEmpty();
  }

  @Test
  void serial_chardev_isTheNamedOne_whereverItIsGiven() {
    MachineConfig config =
        Machine.pc().serial("chardev:c").chardev("file,id=c,path=/o,append=on").config();
    assertThat(config.serials()).containsExactly(new SerialConfig(1, "c"));
    assertThat(config.chardevs()).isEqualTo(Map.of("c", new ChardevConfig.File("/o", true)));
  }

  @Test
  void chardev_formsOfIt() {
    MachineConfig config =
        Machine.pc()
            .noDefaults()
            .chardev("stdio,id=a,signal=on,mux=off")
            .chardev("pty,id=b")
            .chardev("null,id=c")
            .chardev("socket,id=d,path=/s,server=on,wait=off")
            .chardev("socket,id=e,path=/s")
            .config();
    assertThat(config.chardevs())
        .isEqualTo(
            Map.of(
                "a", new ChardevConfig.Stdio(false, true),
                "b", new ChardevConfig.Pty(),
                "c", new ChardevConfig.Null(),
                "d", new ChardevConfig.UnixServer("/s", false),
                "e", new ChardevConfig.UnixClient("/s")));
    assertThat(config.serials()).isEmpty();
  }

  @Test
  void defaultSerial_terminalTaken_isConnectedToNothing() {
    MachineConfig config = Machine.pc().onTerminal().debugcon("stdio").config();
    assertThat(config.chardevs())
        .isEqualTo(
            Map.of(
                "debugcon", new ChardevConfig.Stdio(true, false),
                "serial0", new ChardevConfig.Null()));
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("isa-debugcon", Map.of("chardev", "debugcon")));
  }

  @Test
  void defaultSerial_notWhereThereIsAnother() {
    assertThat(
            Machine.pc()
                .chardev("pty,id=p")
                .device("isa-serial,chardev=p,index=2")
                .config()
                .serials())
        .containsExactly(new SerialConfig(3, "p"));
    assertThat(Machine.microvm().machine("serial=off").config().serials()).isEmpty();
    assertThat(Machine.pc().noDefaults().config().serials()).isEmpty();
  }

  @Test
  void isaSerial_takesTheNextFreePort() {
    MachineConfig config =
        Machine.pc()
            .chardev("pty,id=a")
            .chardev("pty,id=b")
            .device("isa-serial,chardev=a")
            .device("isa-serial,chardev=b,iobase=0x2e8,irq=3")
            .serial("null")
            .config();
    assertThat(config.serials())
        .containsExactly(
            new SerialConfig(1, "serial0"), new SerialConfig(2, "a"), new SerialConfig(4, "b"));
    assertThat(config.devices()).isEmpty();
  }

  @Test
  void global_isForDevicesThatDontSayOtherwise() {
    MachineConfig config =
        Machine.pc()
            .global("isa-debugcon.iobase=0x402")
            .chardev("null,id=c")
            .debugcon("null")
            .device("isa-debugcon,chardev=c,iobase=0xe9")
            .config();
    assertThat(config.devices())
        .containsExactly(
            new DeviceConfig("isa-debugcon", Map.of("chardev", "debugcon", "iobase", "0x402")),
            new DeviceConfig("isa-debugcon", Map.of("chardev", "c", "iobase", "0xe9")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "stdo | stdo: one of stdio, mon:stdio, pty, file:PATH, null, none, unix:PATH, chardev:ID;"
            + " did you mean stdio?",
        "fle:/x | fle:/x: one of stdio, mon:stdio, pty, file:PATH, null, none, unix:PATH,"
            + " chardev:ID; did you mean file:?",
        "file: | \"\": names no file; give one",
        "unix:/x,sever=on | unix:/x,sever=on: no property sever; did you mean server?",
        "unix:/x,wait=on | unix:/x,wait=on: only a server waits, add server=on or leave wait out",
      })
  void serial_wrong_saysWhat(String text, String sentence) {
    assertThatThrownBy(() -> Machine.pc().serial(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("serial " + sentence);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "pipe,id=x | pipe,id=x: no backend pipe; there are stdio, pty, file, null, socket",
        "sdtio,id=x | sdtio,id=x: no backend sdtio; there are stdio, pty, file, null, socket; did"
            + " you mean stdio?",
        "pty | pty: id is missing, add id=...",
        "file,id=x | file,id=x: path is missing, add path=...",
        "pty,id=x,path=y | pty,id=x,path=y: no property path",
      })
  void chardev_wrong_saysWhat(String text, String sentence) {
    assertThatThrownBy(() -> Machine.pc().chardev(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("chardev " + sentence);
  }

  @Test
  void chardev_usedTwice_isRefused() {
    assertThatThrownBy(
            () ->
                Machine.pc()
                    .chardev("null,id=c")
                    .serial("chardev:c")
                    .device("isa-debugcon,chardev=c")
                    .config())
        .hasMessage(
            "device isa-debugcon,chardev=c: chardev c is taken by -serial chardev:c; each serves"
                + " one device");
  }

  @Test
  void terminal_usedTwice_isRefused() {
    assertThatThrownBy(() -> Machine.pc().serial("stdio").chardev("stdio,id=x"))
        .hasMessage(
            "chardev stdio,id=x: standard input and output are taken by -serial stdio; use pty,"
                + " file or unix");
  }

  @Test
  void ids_givenTwice_areRefused() {
    assertThatThrownBy(() -> Machine.pc().chardev("null,id=c").chardev("pty,id=c"))
        .hasMessage("chardev pty,id=c: the id c is taken by -chardev null,id=c");
    assertThatThrownBy(
            () ->
                Machine.pc()
                    .device("isa-debug-exit,id=d")
                    .device("isa-debug-exit,iobase=0xf4,id=d")
                    .config())
        .hasMessage(
            "device isa-debug-exit,id=d,iobase=0xf4: the id d is taken by -device"
                + " isa-debug-exit,id=d");
  }

  @Test
  void chardev_unknown_isRefused() {
    assertThatThrownBy(() -> Machine.pc().chardev("null,id=con0").serial("chardev:con1").config())
        .hasMessage("serial chardev:con1: no chardev con1; did you mean con0?");
    assertThatThrownBy(() -> Machine.pc().device("isa-debugcon").config())
        .hasMessage("device isa-debugcon: chardev is missing, add chardev=ID");
  }

  @Test
  void serialPorts_thatAPcHasNot_areRefused() {
    MachineBuilder full = Machine.pc().serial("null").serial("null").serial("null").serial("null");
    assertThatThrownBy(() -> full.serial("pty"))
        .hasMessage("serial pty: a PC has four serial ports, and they are taken");
    assertThatThrownBy(() -> full.chardev("null,id=c").device("isa-serial,chardev=c").config())
        .hasMessage("device isa-serial,chardev=c: a PC has four serial ports, index is 0 to 3");
    assertThatThrownBy(
            () ->
                Machine.pc()
                    .serial("null")
                    .chardev("null,id=c")
                    .device("isa-serial,chardev=c,index=0")
                    .config())
        .hasMessage("device isa-serial,chardev=c,index=0: COM1 is there already");
    assertThatThrownBy(
            () ->
                Machine.pc()
                    .chardev("null,id=c")
                    .device("isa-serial,chardev=c,iobase=0x2f8,irq=4")
                    .config())
        .hasMessage(
            "device isa-serial,chardev=c,iobase=0x2f8,irq=4: a serial port has"
                + " iobase=0x2f8,irq=3");
    assertThatThrownBy(() -> Machine.microvm().machine("serial=off").serial("pty").config())
        .hasMessage("machine microvm,serial=off: but a serial port is asked for");
  }

  @Test
  void global_wrong_saysWhat() {
    assertThatThrownBy(() -> Machine.pc().global("isa-debugcon"))
        .hasMessage("global isa-debugcon: write DEVICE.PROPERTY=VALUE");
    assertThatThrownBy(() -> Machine.pc().global("isa-debugcn.iobase=1"))
        .hasMessage("global isa-debugcn: no such device; did you mean isa-debugcon?");
    assertThatThrownBy(() -> Machine.pc().global("isa-debugcon.iobas=1"))
        .hasMessage(
            "global isa-debugcon.iobas=1: isa-debugcon has no property iobas; did you mean"
                + " iobase?");
  }
}

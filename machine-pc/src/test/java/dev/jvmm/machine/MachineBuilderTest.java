package dev.jvmm.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.chardev.ChardevConfig;
import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.core.vm.VirtualMachine;
import dev.jvmm.machine.smbios.SmbiosConfig.SystemInfo;
import dev.jvmm.vcpu.cpuid.CpuConfig;
import dev.jvmm.vcpu.cpuid.CpuTopology;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MachineBuilderTest {

  @Test
  void config_nothingSaid_isTheDefaultGuestOnAPc() {
    MachineConfig config = Machine.pc().config();
    assertThat(config.name()).isEqualTo("jvmm");
    assertThat(config.board()).isEqualTo(BoardConfig.PC);
    assertThat(config.boot()).isEqualTo(new BootConfig.DefaultGuest(""));
    assertThat(config.memory()).isEqualTo(new MemoryConfig(512L << 20, false));
    assertThat(config.topology()).isEqualTo(CpuTopology.of(1));
    assertThat(config.cpu()).isEqualTo(CpuConfig.HOST);
    assertThat(config.serials()).containsExactly(new SerialConfig(1, "serial0"));
    assertThat(config.chardevs()).isEqualTo(Map.of("serial0", ChardevConfig.Program.CONSOLE));
    assertThat(Machine.pc().onTerminal().config().chardevs())
        .isEqualTo(Map.of("serial0", new ChardevConfig.Stdio(true, false)));
    assertThat(config.policy()).isEqualTo(new VirtualMachine.Policy(false, false, false));
    assertThat(config.rtc()).isEqualTo(RtcConfig.DEFAULT);
  }

  @Test
  void config_kernelAlone_hasMemoryAsInQemu() {
    MachineConfig config = Machine.microvm().kernel("/k").append("a b").initrd("/i").config();
    assertThat(config.boot()).isEqualTo(new BootConfig.Kernel(Path.of("/k"), "/i", "a b"));
    assertThat(config.memory().sizeBytes()).isEqualTo(128L << 20);
    assertThat(config.board()).isEqualTo(BoardConfig.MICROVM);
  }

  @Test
  void config_smbios_namesTheMachineWhereTheUserDoesNot() {
    SystemInfo pc = Machine.pc().config().smbios().system();
    assertThat(List.of(pc.manufacturer(), pc.product(), pc.version()))
        .containsExactly("jvmm", "Standard PC", "pc");
    SystemInfo small =
        Machine.microvm()
            .smbios("type=1,version=2")
            .uuid(new UUID(1, 2))
            .config()
            .smbios()
            .system();
    assertThat(List.of(small.product(), small.version())).containsExactly("MicroVM", "2");
    assertThat(small.uuid()).isEqualTo(new UUID(1, 2));
  }

  @Test
  void config_everyTextOption() {
    MachineConfig config =
        Machine.pc()
            .name("x")
            .machine("microvm,rtc=off")
            .memory("1.5G")
            .preallocated(true)
            .smp("4,sockets=2")
            .cpu("max")
            .kernel("k")
            .fwCfg("opt/a,string=b,,c")
            .fwCfg("name=opt/f,file=/f")
            .smbios("type=1,product=P,serial=7")
            .smbios("type=0,vendor=V,release=1.2")
            .uuid("123e4567-e89b-12d3-a456-426614174000")
            .rtc("base=2030-01-31,clock=vm")
            .startPaused()
            .noReboot()
            .noShutdown()
            .config();
    assertThat(config.name()).isEqualTo("x");
    assertThat(config.board().rtc()).isFalse();
    assertThat(config.memory()).isEqualTo(new MemoryConfig(3L << 29, true));
    assertThat(config.topology()).isEqualTo(new CpuTopology(4, 2, 2, 1, 4));
    assertThat(config.cpu()).isEqualTo(CpuConfig.parse("max"));
    assertThat(config.fwCfg())
        .containsExactly(
            new FwCfgItem.Text("opt/a", "b,c"), new FwCfgItem.HostFile("opt/f", Path.of("/f")));
    assertThat(config.smbios().system().product()).isEqualTo("P");
    assertThat(config.smbios().system().serial()).isEqualTo("7");
    assertThat(config.smbios().bios().vendor()).isEqualTo("V");
    assertThat(config.smbios().system().uuid())
        .isEqualTo(UUID.fromString("123e4567-e89b-12d3-a456-426614174000"));
    assertThat(config.rtc().clock()).isEqualTo(RtcConfig.Source.VM);
    assertThat(config.policy()).isEqualTo(new VirtualMachine.Policy(true, true, true));
  }

  @Test
  void config_everyTypedOption() {
    CpuTopology topology = new CpuTopology(2, 1, 2, 1, 2);
    MachineConfig config =
        Machine.pc()
            .machine(BoardConfig.MICROVM)
            .memory(64L << 20)
            .smp(topology)
            .cpu(CpuConfig.HOST)
            .kernel(Path.of("k"))
            .initrd(Path.of("i"))
            .rtc(RtcConfig.DEFAULT)
            .serial(new ChardevConfig.Null())
            .chardev("c", new ChardevConfig.Pty())
            .device("isa-debugcon", Map.of("chardev", "c"))
            .config();
    assertThat(config.board()).isEqualTo(BoardConfig.MICROVM);
    assertThat(config.topology()).isEqualTo(topology);
    assertThat(config.memory().sizeBytes()).isEqualTo(64L << 20);
    assertThat(config.chardevs())
        .isEqualTo(Map.of("serial0", new ChardevConfig.Null(), "c", new ChardevConfig.Pty()));
    assertThat(config.devices())
        .containsExactly(new DeviceConfig("isa-debugcon", Map.of("chardev", "c")));
  }

  @Test
  void action_isTheSameAsTheFlags() {
    assertThat(Machine.pc().action("reboot=shutdown,shutdown=pause").config().policy())
        .isEqualTo(new VirtualMachine.Policy(false, true, true));
    assertThat(Machine.pc().noReboot().action("reboot=reset").config().policy().noReboot())
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0 | 0: 0 bytes; a machine has at least 2 MiB",
        "1 | 1: 1 MiB; a machine has at least 2 MiB",
        "99999T | 99999T: 97.65 PiB; a PC addresses at most 4 PiB",
        "9999999999999G | 9999999999999G: more than any machine can have",
        "4X | 4X: a size ends in K, M, G or T, not X",
        "lots | lots: a size ends in K, M, G or T, not s",
        "-5 | -5: that is no size, write 512M or 4G",
        "siez=4G | siez=4G: no property siez; did you mean size?",
        "1G,slots=2,maxmem=4G | 1G,slots=2,maxmem=4G: memory can't be plugged in later; give its"
            + " size alone",
        "size= | size=: size is missing, add size=...",
      })
  void memory_wrong_saysWhat(String text, String sentence) {
    assertThatThrownBy(() -> Machine.pc().memory(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage("m " + sentence);
  }

  @Test
  void memory_oddSize_isRoundedUpToAPage() {
    assertThat(Machine.pc().memory("3000001B").config().memory().sizeBytes() & 0xFFF).isZero();
  }

  @Test
  void config_initrdWithoutKernel_isRefused() {
    assertThatThrownBy(() -> Machine.pc().initrd("/i").config())
        .hasMessage("initrd /i: there is no kernel for it; add -kernel FILE");
  }

  @Test
  void guestTexts_wrong_sayWhat() {
    assertThatThrownBy(() -> Machine.pc().uuid("123"))
        .hasMessage(
            "uuid 123: that is no UUID, write 123e4567-e89b-12d3-a456-426614174000 with its"
                + " dashes");
    assertThatThrownBy(() -> Machine.pc().smbios("type=3,x=y"))
        .hasMessage("smbios type=3,x=y: type is 0 or 1");
    assertThatThrownBy(() -> Machine.pc().smbios("type=1,maker=y"))
        .hasMessage("smbios type=1,maker=y: no property maker");
    assertThatThrownBy(() -> Machine.pc().fwCfg("opt/x"))
        .hasMessage("fw_cfg opt/x: give either file=PATH or string=TEXT");
    assertThatThrownBy(() -> Machine.pc().rtc("base=utc,clok=vm"))
        .hasMessage("rtc base=utc,clok=vm: no property clok; did you mean clock?");
    assertThatThrownBy(() -> Machine.pc().action("reboot=retry"))
        .hasMessage("action reboot=retry: reboot is one of reset, shutdown, not retry");
    assertThatThrownBy(() -> Machine.pc().kernel(""))
        .hasMessage("kernel \"\": names no file; give one");
  }
}

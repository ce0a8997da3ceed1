package dev.jvmm.machine.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class AcpiTablesTest {

  @Test
  void pc_hasTheTablesOfAPc() {
    assertThat(view(Configs.pc(1)).tables())
        .containsOnlyKeys("RSDP", "RSDT", "XSDT", "FACP", "APIC", "DSDT", "FACS");
  }

  @Test
  void microvm_hasNoFacs() {
    assertThat(view(Configs.microvm(Configs.NO_ISA)).tables()).doesNotContainKey("FACS");
  }

  @Test
  void fadt_pc_namesTheFixedRegisters() {
    ByteBuffer fadt = view(Configs.pc(1)).table("FACP");
    assertThat(fadt.limit()).isEqualTo(276);
    assertThat(fadt.getInt(40)).isEqualTo((int) fadt.getLong(140));
    assertThat(fadt.getShort(46)).isEqualTo((short) 9);
    assertThat(fadt.getInt(48)).isZero(); // SMI_CMD
    assertThat(fadt.getInt(56)).isEqualTo(0x600);
    assertThat(fadt.getInt(64)).isEqualTo(0x604);
    assertThat(fadt.getInt(76)).isEqualTo(0x608);
    assertThat(hex(fadt, 116, 13)).isEqualTo("01080001" + "f90c000000000000" + "06");
    assertThat(hex(fadt, 148, 12)).isEqualTo("01200003" + "0006000000000000");
    assertThat(hex(fadt, 172, 12)).isEqualTo("01100002" + "0406000000000000");
    assertThat(hex(fadt, 208, 12)).isEqualTo("01200003" + "0806000000000000");
    assertThat(fadt.getInt(112)).isEqualTo(0x565); // reset, 32-bit timer, a fixed power button
  }

  @Test
  void fadt_timerOf24Bits_hasNoExtension() {
    AcpiConfig config =
        new AcpiConfig(
            Configs.cpus(1, 1), new AcpiPmConfig(0xB000, 10, 24), Configs.ALL_ISA, List.of());
    ByteBuffer fadt = view(config).table("FACP");
    assertThat(fadt.getInt(112) & 1 << 8).isZero();
    assertThat(fadt.getInt(56)).isEqualTo(0xB000);
    assertThat(fadt.getShort(46)).isEqualTo((short) 10);
  }

  @Test
  void fadt_microvm_isHardwareReduced() {
    ByteBuffer fadt = view(Configs.microvm(Configs.ALL_ISA)).table("FACP");
    assertThat(fadt.getInt(112)).isEqualTo(0x10_0475);
    assertThat(hex(fadt, 46, 54)).isEqualTo("00".repeat(54));
    assertThat(hex(fadt, 148, 96)).isEqualTo("00".repeat(96));
    assertThat(hex(fadt, 244, 12)).isEqualTo("01080001" + "0406000000000000");
    assertThat(hex(fadt, 256, 12)).isEqualTo("01080001" + "0506000000000000");
  }

  @Test
  void fadt_bootFlags_sayWhatThereIs() {
    assertThat(view(Configs.pc(1)).table("FACP").getShort(109)).isEqualTo((short) 0x07);
    assertThat(view(Configs.microvm(Configs.NO_ISA)).table("FACP").getShort(109))
        .isEqualTo((short) 0x24);
  }

  @Test
  void fadt_century_onlyWithAnRtc() {
    assertThat(view(Configs.pc(1)).table("FACP").get(108)).isEqualTo((byte) 0x32);
    assertThat(view(Configs.microvm(Configs.NO_ISA)).table("FACP").get(108)).isZero();
  }

  @Test
  void madt_pc_describesKvmsIrqchip() {
    AcpiConfig config =
        new AcpiConfig(Configs.cpus(3, 2), AcpiPmConfig.PC, Configs.ALL_ISA, List.of());
    assertThat(entries(view(config).table("APIC")))
        .containsExactly(
            "0008000001000000",
            "0008010101000000",
            "0008020202000000", // not there, but could come
            "010c00000000c0fe00000000",
            "020a0009090000000d00",
            "0406ff000001");
  }

  @Test
  void madt_idsAbove254_areX2Apics() {
    AcpiConfig config =
        new AcpiConfig(
            List.of(
                new AcpiConfig.Cpu(254, true),
                new AcpiConfig.Cpu(255, true),
                new AcpiConfig.Cpu(0x12345, true)),
            AcpiPmConfig.PC,
            Configs.ALL_ISA,
            List.of());
    assertThat(entries(view(config).table("APIC")))
        .contains(
            "0008fefe01000000",
            "09100000" + "ff000000" + "01000000" + "ff000000",
            "09100000" + "45230100" + "01000000" + "45230100",
            "0406ff000001",
            "0a0c0000ffffffff01000000");
  }

  @Test
  void madt_flag_saysWhetherThereAre8259s() {
    assertThat(view(Configs.pc(1)).table("APIC").getInt(40)).isEqualTo(1);
    assertThat(view(Configs.microvm(Configs.NO_ISA)).table("APIC").getInt(40)).isZero();
  }

  @Test
  void build_255Cpus_staysInItsArea() {
    AcpiTables tables = AcpiTables.build(Configs.pc(255));
    assertThat(entries(new GuestView(tables).table("APIC"))).hasSize(255 + 3);
    assertThat(AcpiTables.GPA + tables.image().length).isLessThan(AcpiTables.LIMIT_GPA);
  }

  @Test
  void build_4000Cpus_fits() {
    AcpiTables tables = AcpiTables.build(Configs.pc(4000));
    assertThat(AcpiTables.GPA + tables.image().length).isLessThan(AcpiTables.LIMIT_GPA);
  }

  @Test
  void build_tooMuch_saysSo() {
    List<AcpiConfig.Cpu> cpus = new ArrayList<>();
    for (int i = 0; i < 4096; i++) {
      cpus.add(new AcpiConfig.Cpu(1000 + i, true)); // all of them x2APICs
    }
    AcpiConfig config = new AcpiConfig(cpus, AcpiPmConfig.PC, Configs.ALL_ISA, List.of());
    assertThatThrownBy(() -> AcpiTables.build(config))
        .isInstanceOf(ConfigException.class)
        .hasMessage("smp 4096: the ACPI tables have no room for so many CPUs; use fewer");
  }

  @Test
  void config_refusesNoFirstCpuAndTwins() {
    assertThatThrownBy(() -> config(List.of())).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> config(Configs.cpus(2, 0)))
        .isInstanceOf(IllegalArgumentException.class);
    AcpiConfig.Cpu cpu = new AcpiConfig.Cpu(3, true);
    assertThatThrownBy(() -> config(List.of(cpu, cpu)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void config_refusesRegistersThatOverlap() {
    assertThatThrownBy(() -> new ReducedHardware(GedConfig.MICROVM, 0x603))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new ReducedHardware(GedConfig.MICROVM, 0x5FF))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new ReducedHardware(GedConfig.MICROVM, 0x5FE).sleepPort()).isEqualTo(0x5FE);
  }

  private static AcpiConfig config(List<AcpiConfig.Cpu> cpus) {
    return new AcpiConfig(cpus, AcpiPmConfig.PC, Configs.ALL_ISA, List.of());
  }

  private static GuestView view(AcpiConfig config) {
    return new GuestView(AcpiTables.build(config));
  }

  private static List<String> entries(ByteBuffer madt) {
    List<String> entries = new ArrayList<>();
    for (int at = 44; at < madt.limit(); at += madt.get(at + 1)) {
      entries.add(hex(madt, at, madt.get(at + 1)));
    }
    return entries;
  }

  private static String hex(ByteBuffer table, int at, int length) {
    byte[] bytes = new byte[length];
    table.get(at, bytes);
    return HexFormat.of().formatHex(bytes);
  }
}

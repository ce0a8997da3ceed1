package dev.jvmm.machine.acpi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.jvmm.machine.pci.PciWindows;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each table through ACPICA's own reader and writer, the ones that Linux has. */
class AcpiTablesIaslTest {

  private static final Path IASL = Path.of("/usr/bin/iasl");

  @TempDir private Path folder;

  @BeforeAll
  static void needsIasl() {
    assumeTrue(Files.isExecutable(IASL), "no iasl: install acpica-tools");
  }

  static Stream<Named<AcpiConfig>> machines() {
    return Stream.of(
        Named.of("pc, 1 CPU", Configs.pc(1)),
        Named.of("pc, no room above RAM", Configs.pc(1, PciWindows.above(1L << 36, 36))),
        Named.of("pc, 255 CPUs", Configs.pc(255)),
        Named.of("pc, 300 CPUs", Configs.pc(300)),
        Named.of(
            "pc, no ISA, 2 of 4 CPUs",
            new AcpiConfig(
                Configs.cpus(4, 2), new AcpiPmConfig(0x600, 9, 24), Configs.NO_ISA, List.of())),
        Named.of("microvm, all of ISA", Configs.microvm(Configs.ALL_ISA)),
        Named.of("microvm, no ISA", Configs.microvm(Configs.NO_ISA)));
  }

  @ParameterizedTest
  @MethodSource("machines")
  void tables_disassembleAndRecompileToTheSame(AcpiConfig config) throws Exception {
    Map<String, byte[]> tables = new GuestView(AcpiTables.build(config)).tables();
    tables.remove("RSDP"); // see below
    disassemble(tables);

    for (String signature : tables.keySet()) {
      // -oa: no optimizations, so that what comes out can be compared with what went in
      String said = iasl("-oa", "-we", signature + ".dsl");
      assertThat(said).contains("0 Errors, 0 Warnings, 0 Remarks");
      byte[] recompiled = Files.readAllBytes(folder.resolve(signature + ".aml"));
      assertThat(content(signature, recompiled))
          .as(signature)
          .isEqualTo(content(signature, tables.get(signature)));
    }
  }

  /** iasl compiles RSDPs but disassembles none, its own included. */
  @Test
  void rsdp_isWhatIaslMakesOfItsSource() throws Exception {
    GuestView view = new GuestView(AcpiTables.build(Configs.pc(1)));
    ByteBuffer rsdp = view.table("RSDP");
    Files.writeString(
        folder.resolve("RSDP.dsl"),
        """
        [0008] Signature : "RSD PTR "
        [0001] Checksum : 00
        [0006] Oem ID : "JVMM  "
        [0001] Revision : 02
        [0004] RSDT Address : %08X
        [0004] Length : 00000024
        [0008] XSDT Address : %016X
        [0001] Extended Checksum : 00
        [0003] Reserved : 000000
        """
            .formatted(rsdp.getInt(16), rsdp.getLong(24)));

    assertThat(iasl("-we", "RSDP.dsl")).contains("0 Errors, 0 Warnings, 0 Remarks");

    assertThat(Files.readAllBytes(folder.resolve("RSDP.aml"))).isEqualTo(view.tables().get("RSDP"));
  }

  @Test
  void pc_dsdtSaysWhatWeMeant() throws Exception {
    String dsdt = dsl(Configs.pc(1), "DSDT");
    assertThat(dsdt)
        .contains("Name (\\_S5, Package (0x04) { Zero, Zero, Zero, Zero })")
        .contains(device("RTC", "PNP0B00", io(0x70, 0x70, 2) + irq(8)))
        .contains(device("KBD", "PNP0303", io(0x60, 0x60, 1) + io(0x64, 0x64, 1) + irq(1)))
        .contains(device("MOU", "PNP0F13", irq(12)))
        .contains(device("TMR", "PNP0100", io(0x40, 0x40, 4) + irq(0)))
        .contains("Device (PIC)")
        .contains(com(1, "One", io(0x3F8, 0x3F8, 8) + irq(4)))
        .contains(com(2, "0x02", io(0x2F8, 0x2F8, 8) + irq(3)))
        .contains(com(3, "0x03", io(0x3E8, 0x3E8, 8) + irq(4)))
        .contains(com(4, "0x04", io(0x2E8, 0x2E8, 8) + irq(3)))
        .doesNotContain("PNP0C0C");
  }

  @Test
  void pc_dsdtHasThePciRoot() throws Exception {
    String dsdt = dsl(Configs.pc(1), "DSDT").replaceAll("[ ,]+", " ");
    assertThat(dsdt)
        .contains("Device (PCI0) { Name (_HID EisaId (\"PNP0A03\") ) Name (_UID Zero)")
        .contains(
            "WordBusNumber (ResourceProducer MinFixed MaxFixed PosDecode"
                + " 0x0000 0x0000 0x00FF 0x0000 0x0100")
        .contains("IO (Decode16 0x0CF8 0x0CF8 0x00 0x08 )")
        .contains("EntireRange 0x0000 0x0000 0x0CF7 0x0000 0x0CF8")
        .contains("EntireRange 0x0000 0x0D00 0xFFFF 0x0000 0xF300")
        .contains(
            "DWordMemory (ResourceProducer PosDecode MinFixed MaxFixed NonCacheable ReadWrite"
                + " 0x00000000 0xC0000000 0xFEBFFFFF 0x00000000 0x3EC00000")
        .contains(
            "QWordMemory (ResourceProducer PosDecode MinFixed MaxFixed NonCacheable ReadWrite"
                + " 0x0000000000000000 0x0000000100000000 0x00000080FFFFFFFF"
                + " 0x0000000000000000 0x0000008000000000")
        .contains("Device (LNKA) { Name (_HID EisaId (\"PNP0C0F\") )")
        .contains("Interrupt (ResourceConsumer Level ActiveHigh Shared ) { 0x0000000A }")
        .contains("Package (0x04) { 0x0002FFFF Zero LNKC Zero }")
        .contains("Package (0x04) { 0x001FFFFF 0x03 LNKC Zero }");
  }

  @Test
  void microvm_dsdtSaysWhatWeMeant() throws Exception {
    String dsdt = dsl(Configs.microvm(Configs.NO_ISA), "DSDT");
    assertThat(dsdt)
        .contains("Name (\\_S5, Package (0x04) { 0x05, 0x05, Zero, Zero })")
        .contains("Device (PWRB) { Name (_HID, EisaId (\"PNP0C0C\") ) }")
        .contains("Name (_HID, \"ACPI0013\" ) Name (_UID, Zero)")
        .contains(interrupt(9))
        .contains("OperationRegion (EREG, SystemIO, 0x0600, 0x04)")
        .contains("Field (EREG, DWordAcc, NoLock, WriteAsZeros) { EVNT, 32 }")
        .contains(
            "Method (_EVT, 1, Serialized) { Local0 = EVNT"
                + " If ((Local0 & One)) { Notify (\\_SB.PWRB, 0x80) } }")
        .contains(
            "Device (VR1F) { Name (_HID, \"LNRO0005\") Name (_UID, 0x1F)"
                + " Name (_CRS, ResourceTemplate () { Memory32Fixed (ReadWrite,"
                + " 0xFEB03E00, 0x00000200, ) "
                + interrupt(23).replace("Exclusive", "Shared"))
        .doesNotContain("PNP0501")
        .doesNotContain("PNP0B00");
  }

  @Test
  void fadt_decodesToWhatWeMeant() throws Exception {
    assertThat(dsl(Configs.pc(1), "FACP"))
        .contains("SCI Interrupt : 0009")
        .contains("SMI Command Port : 00000000")
        .contains("8042 Present on ports 60/64 (V2) : 1")
        .contains("VGA Not Present (V4) : 1")
        .contains("Control Method Power Button (V1) : 0")
        .contains("32-bit PM Timer (V1) : 1")
        .contains("Reset Register Supported (V2) : 1")
        .contains("Hardware Reduced (V5) : 0")
        .contains("Value to cause reset : 06");
    assertThat(dsl(Configs.microvm(Configs.NO_ISA), "FACP"))
        .contains("8042 Present on ports 60/64 (V2) : 0")
        .contains("CMOS RTC Not Present (V5) : 1")
        .contains("Control Method Power Button (V1) : 1")
        .contains("Hardware Reduced (V5) : 1");
  }

  /** What iasl doesn't write anew: all but the header with its own name and the sum. */
  private static String content(String signature, byte[] table) {
    int start = signature.equals("FACS") ? 0 : 36;
    return HexFormat.of().formatHex(table, start, table.length);
  }

  private void disassemble(Map<String, byte[]> tables) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("-d"));
    for (Map.Entry<String, byte[]> table : tables.entrySet()) {
      Files.write(folder.resolve(table.getKey() + ".dat"), table.getValue());
      arguments.add(table.getKey() + ".dat");
    }
    assertThat(iasl(arguments.toArray(String[]::new)))
        .doesNotContainIgnoringCase("error")
        .doesNotContainIgnoringCase("warning")
        .doesNotContainIgnoringCase("invalid");
  }

  /** A table's source, without comments, with every run of white space a blank. */
  private String dsl(AcpiConfig config, String signature) throws Exception {
    byte[] table = new GuestView(AcpiTables.build(config)).tables().get(signature);
    disassemble(Map.of(signature, Objects.requireNonNull(table)));
    return Files.readString(folder.resolve(signature + ".dsl"))
        .replaceAll("(?s)/\\*.*?\\*/", "")
        .replaceAll("//.*", "")
        .replaceAll("\\s+", " ");
  }

  private String iasl(String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(IASL.toString()));
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  private static String device(String name, String id, String resources) {
    return "Device (%s) { Name (_HID, EisaId (\"%s\") ) Name (_CRS, ResourceTemplate () {%s }) }"
        .formatted(name, id, resources);
  }

  private static String com(int number, String uid, String resources) {
    return ("Device (COM%d) { Name (_HID, EisaId (\"PNP0501\") ) Name (_UID, %s)"
            + " Name (_CRS, ResourceTemplate () {%s }) }")
        .formatted(number, uid, resources);
  }

  private static String io(int low, int high, int length) {
    return " IO (Decode16, 0x%04X, 0x%04X, 0x00, 0x%02X, )".formatted(low, high, length);
  }

  private static String irq(int irq) {
    return " IRQNoFlags () {%d}".formatted(irq);
  }

  private static String interrupt(int gsi) {
    return "Interrupt (ResourceConsumer, Level, ActiveHigh, Exclusive, ,, ) { 0x%08X, }"
        .formatted(gsi);
  }
}

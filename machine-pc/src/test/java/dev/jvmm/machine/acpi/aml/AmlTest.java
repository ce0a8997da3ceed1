package dev.jvmm.machine.acpi.aml;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AmlTest {

  @ParameterizedTest
  @CsvSource({
    "0, 00",
    "1, 01",
    "2, 0a02",
    "255, 0aff",
    "256, 0b0001",
    "65535, 0bffff",
    "65536, 0c00000100",
    "4294967295, 0cffffffff",
    "4294967296, 0e0000000001000000",
    "-1, 0effffffffffffffff"
  })
  void integer_takesTheShortestForm(long value, String bytes) {
    assertThat(hex(Aml.integer(value))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "PNP0501, 0c41d00501",
    "PNP0000, 0b41d0",
    "PNP0C0C, 0c41d00c0c",
    "PNP0F13, 0c41d00f13"
  })
  void eisaId_packsLettersAndNumber(String id, String bytes) {
    assertThat(hex(Aml.eisaId(id))).isEqualTo(bytes);
  }

  @Test
  void string_endsWithNul() {
    assertThat(hex(Aml.string("AB"))).isEqualTo("0d414200");
  }

  // Name (path, Zero): 08, the name, 00.
  @ParameterizedTest
  @CsvSource({
    "_S5, 085f53355f00",
    "\\_S5, 085c5f53355f00",
    "\\_SB.PWRB, 085c2e5f53425f5057524200",
    "A.B.C, 082f03415f5f5f425f5f5f435f5f5f00"
  })
  void name_fillsUpSegmentsAndPrefixesPaths(String path, String bytes) {
    assertThat(hex(Aml.name(path, Aml.integer(0)))).isEqualTo(bytes);
  }

  @ParameterizedTest
  @ValueSource(strings = {"LONGER", "1AB", "a", "A..B", "A.", "A B"})
  void name_refusesWhatIsNone(String path) {
    assertThatThrownBy(() -> Aml.name(path, Aml.integer(0)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  // Scope (\): 10, the length, 5c 00, the content. The length counts its own bytes too.
  @ParameterizedTest
  @CsvSource({
    "0, 03",
    "60, 3f",
    "61, 4104", // 63 + 2 bytes: 65
    "4091, 4fff", // 4093 + 2: the most that two bytes take
    "4092, 810001", // 4094 + 3
    "1048570, 8fffff",
    "1048571, c1000001"
  })
  void packageLength_growsWithTheContent(int content, String length) {
    String bytes = hex(Aml.scope("\\", new byte[content]));
    assertThat(bytes).startsWith("10" + length + "5c00").hasSize(2 * content + length.length() + 6);
  }

  @Test
  void packageOf_countsItsElements() {
    assertThat(hex(Aml.packageOf(Aml.integer(5), Aml.integer(0)))).isEqualTo("1205020a0500");
    assertThatThrownBy(() -> Aml.packageOf(new byte[256][1]))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void resourceTemplate_describesEachKind() {
    ResourceTemplate resources =
        new ResourceTemplate()
            .io(0x3F8, 8)
            .irq(4)
            .memory32Fixed(0xFEB0_0000L, 0x200)
            .levelInterrupt(24);
    assertThat(hex(resources.toAml()))
        .isEqualTo(
            "1125" // buffer, of 0x22 bytes
                + "0a22"
                + "4701f803f8030008"
                + "221000"
                + "86090001"
                + "0000b0fe00020000"
                + "890600010118000000"
                + "7900");
  }

  @Test
  void method_ofStatements() {
    byte[] method =
        Aml.method(
            "M",
            2,
            AmlCode.store(AmlCode.object("X"), AmlCode.local(0)),
            AmlCode.ifThen(
                AmlCode.and(AmlCode.local(0), Aml.integer(1)), AmlCode.notify("D", 0x80)));
    assertThat(hex(method)).isEqualTo("14194d5f5f5f0a70585f5f5f60a00c7b60010086445f5f5f0a80");
  }

  @Test
  void regionAndField_ofPorts() {
    assertThat(hex(Aml.operationRegion("R", Aml.SYSTEM_IO, 0x600, 4)))
        .isEqualTo("5b80525f5f5f010b00060a04");
    assertThat(hex(Aml.dwordField("R", "F"))).isEqualTo("5b810b525f5f5f43465f5f5f20");
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }
}

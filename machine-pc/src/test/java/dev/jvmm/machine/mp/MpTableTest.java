package dev.jvmm.machine.mp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.jvmm.machine.pci.PciPins;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The table, read as a guest reads it. */
class MpTableTest {

  private static final MpConfig PC =
      new MpConfig(List.of(0, 1, 4), 0x00A0_0F11, 0x178B_FBFF, 1 << 9, PciPins.all());
  private static final MpConfig SMALL = new MpConfig(List.of(0), 1, 2, 1 << 14, List.of());

  private static String entries(MpConfig config, int type) {
    return String.join("\n", list(config, type));
  }

  /** The entries of a type in hexadecimal, as their lengths part them. */
  private static List<String> list(MpConfig config, int type) {
    ByteBuffer table = table(config);
    int count = table.getShort(34);
    List<String> found = new ArrayList<>();
    int at = 44;
    for (int i = 0; i < count; i++) {
      int length = table.get(at) == 0 ? 20 : 8;
      if (table.get(at) == type) {
        byte[] bytes = new byte[length];
        table.get(at, bytes);
        found.add(HexFormat.ofDelimiter(" ").formatHex(bytes));
      }
      at += length;
    }
    assertThat(at).isEqualTo(table.capacity());
    return found;
  }

  private static ByteBuffer image(MpConfig config) {
    return ByteBuffer.wrap(MpTable.build(config).image()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static ByteBuffer table(MpConfig config) {
    ByteBuffer image = image(config);
    int start = (int) (image.getInt(4) - MpTable.GPA);
    return image.slice(start, image.getShort(start + 4)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static String text(ByteBuffer buffer, int at, int length) {
    byte[] bytes = new byte[length];
    buffer.get(at, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static int sum(ByteBuffer buffer, int length) {
    return IntStream.range(0, length).map(buffer::get).sum() & 0xFF;
  }

  @Test
  void pointer_leadsToTheTable() {
    ByteBuffer image = image(PC);

    assertThat(MpTable.GPA % 16).isZero();
    assertThat(text(image, 0, 4)).isEqualTo("_MP_");
    assertThat(image.get(8)).as("length in 16 bytes").isEqualTo((byte) 1);
    assertThat(image.get(9)).as("revision").isEqualTo((byte) 4);
    assertThat(image.get(11)).as("a table is there").isZero();
    assertThat(sum(image, 16)).isZero();
    assertThat(text(table(PC), 0, 4)).isEqualTo("PCMP");
  }

  @Test
  void header_sumsToZeroAndNamesTheLocalApic() {
    ByteBuffer table = table(PC);

    assertThat(sum(table, table.capacity())).isZero();
    assertThat(table.capacity()).isEqualTo(image(PC).capacity() - 16);
    assertThat(table.getInt(36)).isEqualTo(0xFEE0_0000);
  }

  @Test
  void processors_areThoseThatRun() {
    assertThat(entries(PC, 0))
        .isEqualTo(
            """
            00 00 14 03 11 0f a0 00 ff fb 8b 17 00 00 00 00 00 00 00 00
            00 01 14 01 11 0f a0 00 ff fb 8b 17 00 00 00 00 00 00 00 00
            00 04 14 01 11 0f a0 00 ff fb 8b 17 00 00 00 00 00 00 00 00\
            """);
  }

  @Test
  void processors_endWhereEightBitsDo() {
    List<Integer> ids = IntStream.range(0, 300).boxed().toList();

    assertThat(list(new MpConfig(ids, 1, 2, 0, PciPins.all()), 0)).hasSize(255);
  }

  @Test
  void buses_havePciFirst() {
    assertThat(entries(PC, 1)).isEqualTo("01 00 50 43 49 20 20 20\n01 01 49 53 41 20 20 20");
    assertThat(entries(SMALL, 1)).isEqualTo("01 00 49 53 41 20 20 20");
  }

  @Test
  void ioApic_isWhereTheMadtHasIt() {
    assertThat(entries(PC, 2)).isEqualTo("02 00 11 01 00 00 c0 fe");
  }

  @Test
  void isaInterrupts_areThoseThatPciLeaves() {
    assertThat(list(PC, 3))
        .filteredOn(entry -> entry.split(" ", -1)[4].equals("01"))
        .containsExactly(
            "03 00 00 00 01 00 00 00",
            "03 00 00 00 01 01 00 01",
            "03 00 00 00 01 03 00 03",
            "03 00 00 00 01 04 00 04",
            "03 00 00 00 01 06 00 06",
            "03 00 00 00 01 07 00 07",
            "03 00 00 00 01 08 00 08",
            "03 00 0d 00 01 09 00 09",
            "03 00 00 00 01 0c 00 0c",
            "03 00 00 00 01 0d 00 0d",
            "03 00 00 00 01 0f 00 0f");
    assertThat(list(SMALL, 3))
        .hasSize(15)
        .contains("03 00 00 00 00 05 00 05", "03 00 0d 00 00 0e 00 0e");
  }

  /** As _PRT: slot 1's INTA is on the second line, its INTD on the first. */
  @Test
  void pciInterrupts_areLevelAndActiveHigh() {
    assertThat(list(PC, 3))
        .filteredOn(entry -> entry.split(" ", -1)[4].equals("00"))
        .hasSize(32 * 4)
        .contains("03 00 0d 00 00 04 00 0b", "03 00 0d 00 00 07 00 0a");
  }

  @Test
  void localInterrupts_areThePicAndNmi() {
    assertThat(entries(PC, 4)).isEqualTo("04 03 00 00 01 00 00 00\n04 01 00 00 01 00 ff 01");
  }
}

package dev.jvmm.machine.smbios;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.jvmm.core.vm.ConfigException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads the tables as dmidecode does: an entry point, then structure after structure. */
class SmbiosTablesTest {

  private static final long MIB = 1 << 20;
  private static final long GIB = 1 << 30;
  private static final UUID ID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");
  private static final SmbiosConfig.Bios BIOS =
      new SmbiosConfig.Bios("jvmm", "0.1", "11/20/2026", new SmbiosConfig.Release(1, 15));
  private static final SmbiosConfig.SystemInfo SYSTEM =
      new SmbiosConfig.SystemInfo("maker", "product", "v1", "serial", ID, "sku", "family");
  private static final SmbiosConfig.Processors ONE_CPU =
      new SmbiosConfig.Processors(1, 1, 1, "a CPU", 0x0783_FBFF_0080_0F12L);

  /** One structure: its formatted area and its strings. */
  private record Read(ByteBuffer area, List<String> strings) {

    int type() {
      return area.get(0) & 0xFF;
    }

    int handle() {
      return area.getShort(2) & 0xFFFF;
    }

    String text(int at) {
      int number = area.get(at);
      return number == 0 ? "" : strings.get(number - 1);
    }
  }

  @Test
  void entryPoints_bothLeadToTheStructures() {
    ByteBuffer image = build(config(ONE_CPU, ram(0, GIB)));
    assertThat(ascii(image, 0, 5)).isEqualTo("_SM3_");
    assertThat(image.get(6)).isEqualTo((byte) 0x18);
    assertThat(sum(image, 0, 0x18)).isZero();
    assertThat(image.getLong(16)).isEqualTo(0xF0040);
    int length = image.getInt(12);
    assertThat(0x40 + length).isEqualTo(image.limit());

    assertThat(ascii(image, 0x20, 4)).isEqualTo("_SM_");
    assertThat(ascii(image, 0x30, 5)).isEqualTo("_DMI_");
    assertThat(sum(image, 0x20, 0x1F)).isZero();
    assertThat(sum(image, 0x30, 0xF)).isZero();
    assertThat(image.getShort(0x36)).isEqualTo((short) length);
    assertThat(image.getInt(0x38)).isEqualTo(0xF0040);
    assertThat(image.getShort(0x3C)).isEqualTo((short) read(image).size());
  }

  @Test
  void structures_inOrderWithHandlesOfTheirOwn() {
    List<Read> all = read(build(config(ONE_CPU, ram(0, 3 * GIB), ram(4 * GIB, GIB))));
    assertThat(all).extracting(Read::type).containsExactly(0, 1, 3, 4, 16, 17, 19, 19, 32, 127);
    assertThat(all).extracting(Read::handle).doesNotHaveDuplicates();
    assertThat(all)
        .extracting(read -> read.area().limit())
        .containsExactly(0x18, 0x1B, 0x16, 0x30, 0x17, 0x28, 0x1F, 0x1F, 0x0B, 4);
  }

  @Test
  void bios_hasTheOptionsFields() {
    Read bios = only(0, config(ONE_CPU, ram(0, GIB)));
    assertThat(bios.text(4)).isEqualTo("jvmm");
    assertThat(bios.text(5)).isEqualTo("0.1");
    assertThat(bios.text(8)).isEqualTo("11/20/2026");
    assertThat(bios.area().get(0x14)).isEqualTo((byte) 1);
    assertThat(bios.area().get(0x15)).isEqualTo((byte) 15);
    assertThat(bios.area().get(0x13) & 0x10).as("a virtual machine").isNotZero();
  }

  @Test
  void system_hasTheOptionsFields() {
    Read system = only(1, config(ONE_CPU, ram(0, GIB)));
    assertThat(system.text(4)).isEqualTo("maker");
    assertThat(system.text(5)).isEqualTo("product");
    assertThat(system.text(6)).isEqualTo("v1");
    assertThat(system.text(7)).isEqualTo("serial");
    assertThat(system.text(0x19)).isEqualTo("sku");
    assertThat(system.text(0x1A)).isEqualTo("family");
  }

  @Test
  void uuid_firstThreeFieldsAreLittleEndian() {
    byte[] uuid = new byte[16];
    only(1, config(ONE_CPU, ram(0, GIB))).area().get(8, uuid);
    assertThat(uuid)
        .containsExactly(
            0x33, 0x22, 0x11, 0x00, 0x55, 0x44, 0x77, 0x66, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD,
            0xEE, 0xFF);
  }

  @Test
  void emptyTexts_haveNoNumber() {
    SmbiosConfig.SystemInfo system =
        new SmbiosConfig.SystemInfo("", "", "", "", SmbiosConfig.NO_UUID, "", "");
    Read read = only(1, new SmbiosConfig(BIOS, system, ONE_CPU, List.of(ram(0, GIB))));
    assertThat(read.strings()).isEmpty();
    assertThat(read.area().getInt(4)).isZero();
    assertThat(read.area().getLong(8)).isZero();
  }

  @Test
  void processors_oneASocket() {
    SmbiosConfig.Processors cpus = new SmbiosConfig.Processors(3, 300, 600, "a CPU", 1);
    List<Read> sockets = all(4, config(cpus, ram(0, GIB)));
    assertThat(sockets).hasSize(3);
    Read last = sockets.getLast();
    assertThat(last.text(4)).isEqualTo("CPU 2");
    assertThat(last.text(0x10)).isEqualTo("a CPU");
    assertThat(last.area().getLong(8)).isEqualTo(1);
    assertThat(last.area().get(0x23)).as("cores").isEqualTo((byte) 0xFF);
    assertThat(last.area().getShort(0x2A)).isEqualTo((short) 300);
    assertThat(last.area().getShort(0x2E)).isEqualTo((short) 600);
  }

  @Test
  void processors_moreThanFit_areCut() {
    String longest = "x".repeat(255);
    SmbiosConfig config =
        new SmbiosConfig(
            new SmbiosConfig.Bios(longest, longest, longest, new SmbiosConfig.Release(0, 0)),
            new SmbiosConfig.SystemInfo(longest, longest, longest, longest, ID, longest, longest),
            new SmbiosConfig.Processors(4096, 1, 1, "x".repeat(64), 0),
            Collections.nCopies(64, ram(0, GIB)));
    assertThat(all(4, config)).hasSize(256);
  }

  @ParameterizedTest
  @CsvSource({
    "2, 2, 0", // MiB; the size field; the extended one
    "32766, 32766, 0",
    "32767, 32767, 32767",
    "1048576, 32767, 1048576"
  })
  void memoryDevice_sizeInMib(long mib, int size, int extended) {
    Read device = only(17, config(ONE_CPU, ram(0, mib * MIB)));
    assertThat(device.area().getShort(0x0C) & 0xFFFF).isEqualTo(size);
    assertThat(device.area().getInt(0x1C)).isEqualTo(extended);
    assertThat(device.text(0x10)).isEqualTo("DIMM 0");
  }

  @Test
  void memoryDevice_smallAndOdd_inKib() {
    Read device = only(17, config(ONE_CPU, ram(0, 2049 << 10)));
    assertThat(device.area().getShort(0x0C) & 0xFFFF).isEqualTo(0x8000 | 2049);
  }

  @Test
  void memoryArray_hasTheSum() {
    Read array = only(16, config(ONE_CPU, ram(0, 3 * GIB), ram(4 * GIB, GIB)));
    assertThat(array.area().getInt(7)).isEqualTo(4 << 20);
    Read huge = only(16, config(ONE_CPU, ram(0, 4096 * GIB)));
    assertThat(huge.area().getInt(7)).isEqualTo(0x8000_0000);
    assertThat(huge.area().getLong(0xF)).isEqualTo(4096 * GIB);
  }

  @Test
  void memoryRanges_saySectionsOfTheAddressSpace() {
    List<Read> ranges = all(19, config(ONE_CPU, ram(0, 3 * GIB), ram(4 * GIB, 8192 * GIB)));
    assertThat(ranges.getFirst().area().getInt(4)).isZero();
    assertThat(ranges.getFirst().area().getInt(8)).isEqualTo((3 << 20) - 1);
    assertThat(ranges.getLast().area().getInt(4)).isEqualTo(-1);
    assertThat(ranges.getLast().area().getLong(0xF)).isEqualTo(4 * GIB);
    assertThat(ranges.getLast().area().getLong(0x17)).isEqualTo(8196 * GIB - 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "1.", ".1", "1.2.3", "256.0", "-1.0", "a.b", "1. 2"})
  void release_otherThanTwoNumbers_isRefused(String text) {
    assertThatThrownBy(() -> SmbiosConfig.Release.parse(text))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "smbios type=0,release="
                + text
                + ": not a release number; give two of 0 to 255, as in 1.15");
  }

  @Test
  void release_ofTwoNumbers_isRead() {
    assertThat(SmbiosConfig.Release.parse("1.15")).isEqualTo(new SmbiosConfig.Release(1, 15));
  }

  @Test
  void texts_tooLongOrWithControlCharacters_areRefused() {
    assertThatThrownBy(() -> system("x".repeat(256)))
        .isInstanceOf(ConfigException.class)
        .hasMessage("smbios type=1,serial: longer than 255 bytes; shorten it");
    assertThatThrownBy(() -> system("a\0b"))
        .isInstanceOf(ConfigException.class)
        .hasMessage("smbios type=1,serial: holds a control character; leave it out");
    assertThat(system("x".repeat(255)).serial()).hasSize(255);
  }

  private static SmbiosConfig.SystemInfo system(String serial) {
    return new SmbiosConfig.SystemInfo("", "", "", serial, ID, "", "");
  }

  private static SmbiosConfig.RamRange ram(long start, long size) {
    return new SmbiosConfig.RamRange(start, size);
  }

  private static SmbiosConfig config(
      SmbiosConfig.Processors cpus, SmbiosConfig.RamRange... ranges) {
    return new SmbiosConfig(BIOS, SYSTEM, cpus, List.of(ranges));
  }

  private static ByteBuffer build(SmbiosConfig config) {
    return ByteBuffer.wrap(SmbiosTables.build(config).image()).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static Read only(int type, SmbiosConfig config) {
    List<Read> all = all(type, config);
    assertThat(all).hasSize(1);
    return all.getFirst();
  }

  private static List<Read> all(int type, SmbiosConfig config) {
    return read(build(config)).stream().filter(read -> read.type() == type).toList();
  }

  private static List<Read> read(ByteBuffer image) {
    List<Read> all = new ArrayList<>();
    int at = (int) (image.getLong(16) - SmbiosTables.GPA);
    int end = at + image.getInt(12);
    while (at < end) {
      int length = image.get(at + 1);
      ByteBuffer area = image.slice(at, length).order(ByteOrder.LITTLE_ENDIAN);
      List<String> strings = new ArrayList<>();
      at += length;
      for (int nul = at; image.get(at) != 0 || strings.isEmpty(); at = nul + 1) {
        nul = at;
        while (image.get(nul) != 0) {
          nul++;
        }
        if (nul == at) {
          at++; // no strings: two NULs
          break;
        }
        strings.add(ascii(image, at, nul - at));
      }
      at++;
      all.add(new Read(area, strings));
    }
    assertThat(at).isEqualTo(end);
    return all;
  }

  private static String ascii(ByteBuffer image, int at, int length) {
    byte[] bytes = new byte[length];
    image.get(at, bytes);
    return new String(bytes, StandardCharsets.US_ASCII);
  }

  private static int sum(ByteBuffer image, int at, int length) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += image.get(at + i);
    }
    return sum & 0xFF;
  }
}

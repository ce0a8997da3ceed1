package dev.jvmm.machine.acpi;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Finds the tables as a guest does, from the RSDP on, and checks each sum on the way. */
final class GuestView {

  private final ByteBuffer memory;
  private final Map<String, ByteBuffer> tables = new LinkedHashMap<>();

  GuestView(AcpiTables built) {
    memory = ByteBuffer.wrap(built.image()).order(ByteOrder.LITTLE_ENDIAN);
    int rsdp = search();
    assertThat(AcpiTables.GPA + rsdp).isEqualTo(built.rsdpGpa());
    assertSum(rsdp, 20);
    tables.put("RSDP", slice(rsdp, 36));
    ByteBuffer rsdt = sdt("RSDT", Integer.toUnsignedLong(memory.getInt(rsdp + 16)));
    ByteBuffer xsdt = sdt("XSDT", memory.getLong(rsdp + 24));
    assertThat(2 * (rsdt.limit() - 36)).isEqualTo(xsdt.limit() - 36);
    for (int i = 0; i < (xsdt.limit() - 36) / 8; i++) {
      long gpa = xsdt.getLong(36 + 8 * i);
      assertThat(Integer.toUnsignedLong(rsdt.getInt(36 + 4 * i))).isEqualTo(gpa);
      sdt(text(at(gpa), 4), gpa);
    }
    ByteBuffer fadt = table("FACP");
    sdt("DSDT", fadt.getLong(140));
    int facs = fadt.getInt(36);
    if (facs != 0) {
      assertThat(facs & 63).isZero();
      tables.put("FACS", slice(at(facs), memory.getInt(at(facs) + 4)));
    }
  }

  /** A table by its signature. */
  ByteBuffer table(String signature) {
    return Objects.requireNonNull(tables.get(signature), signature);
  }

  /** All of them. */
  Map<String, byte[]> tables() {
    Map<String, byte[]> bytes = new LinkedHashMap<>();
    tables.forEach((signature, table) -> bytes.put(signature, bytes(table, 0, table.limit())));
    return bytes;
  }

  private int search() {
    for (int at = 0; at <= memory.limit() - 36; at += 16) {
      if (text(at, 8).equals("RSD PTR ")) {
        return at;
      }
    }
    throw new AssertionError("no RSDP");
  }

  private ByteBuffer sdt(String signature, long gpa) {
    int at = at(gpa);
    int length = memory.getInt(at + 4);
    assertThat(text(at, 4)).isEqualTo(signature);
    assertSum(at, length);
    ByteBuffer table = slice(at, length);
    tables.put(signature, table);
    return table;
  }

  private int at(long gpa) {
    assertThat(gpa).isBetween(AcpiTables.GPA, AcpiTables.GPA + memory.limit() - 36);
    return (int) (gpa - AcpiTables.GPA);
  }

  private void assertSum(int at, int length) {
    byte sum = 0;
    for (int i = 0; i < length; i++) {
      sum += memory.get(at + i);
    }
    assertThat(sum).as("sum of %s", text(at, 4)).isZero();
  }

  private ByteBuffer slice(int at, int length) {
    return ByteBuffer.wrap(bytes(memory, at, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String text(int at, int length) {
    return new String(bytes(memory, at, length), StandardCharsets.US_ASCII);
  }

  private static byte[] bytes(ByteBuffer from, int at, int length) {
    byte[] bytes = new byte[length];
    from.get(at, bytes);
    return bytes;
  }
}

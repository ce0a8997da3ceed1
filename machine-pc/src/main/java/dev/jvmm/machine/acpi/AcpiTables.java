package dev.jvmm.machine.acpi;

import dev.jvmm.core.vm.ConfigException;
import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * The ACPI tables as one run of bytes, to be copied into guest memory in one go.
 *
 * <p>They lie where a PC's firmware has them, so that a guest finds the RSDP by its search (ACPI
 * 6.3, 5.2.5.1) as well as by the address that the boot protocol hands over.
 *
 * <p>Thread: immutable; {@link #image} is not copied and not to be written.
 */
public final class AcpiTables {

  /** Where the image goes, and the RSDP with it. */
  public static final long GPA = 0xE0000;

  /** Behind the last byte that the image may take. */
  public static final long LIMIT_GPA = 0xF0000;

  private static final int RSDP_LENGTH = 36;
  private static final int RSDP_LENGTH_V1 = 20;
  private static final int RSDP_CHECKSUM = 8;
  private static final int RSDP_EXTENDED_CHECKSUM = 32;
  private static final int RSDP_REVISION = 2;
  private static final int TABLE_ALIGNMENT = 16;

  private final byte[] image;

  private AcpiTables(byte[] image) {
    this.image = image;
  }

  /**
   * Makes the tables.
   *
   * @throws ConfigException if there are more CPUs than the area has room for
   */
  public static AcpiTables build(AcpiConfig config) {
    LittleEndianWriter out = new LittleEndianWriter(0x1000);
    out.zeros(RSDP_LENGTH);
    long facs = 0;
    if (config.platform() instanceof AcpiPmConfig) {
      facs = place(out, Facs.of(), Facs.ALIGNMENT);
    }
    long dsdt = place(out, Dsdt.of(config), TABLE_ALIGNMENT);
    long fadt = place(out, Fadt.of(config, facs, dsdt), TABLE_ALIGNMENT);
    long madt = place(out, Madt.of(config), TABLE_ALIGNMENT);
    Sdt rsdt = new Sdt("RSDT", 1, Sdt.HEADER + 8);
    rsdt.out().u32(fadt).u32(madt);
    Sdt xsdt = new Sdt("XSDT", 1, Sdt.HEADER + 16);
    xsdt.out().u64(fadt).u64(madt);
    rsdp(
        out,
        place(out, rsdt.finish(), TABLE_ALIGNMENT),
        place(out, xsdt.finish(), TABLE_ALIGNMENT));
    if (out.size() > LIMIT_GPA - GPA) {
      throw new ConfigException(
          "smp",
          "%d: the ACPI tables have no room for so many CPUs; use fewer"
              .formatted(config.cpus().size()));
    }
    return new AcpiTables(out.toByteArray());
  }

  /** The bytes that go to {@link #GPA}. */
  public byte[] image() {
    return image;
  }

  /** The guest-physical address of the RSDP, for the zero page and for PVH's start info. */
  public long rsdpGpa() {
    return GPA;
  }

  private static long place(LittleEndianWriter out, byte[] table, int alignment) {
    out.align(alignment);
    long gpa = GPA + out.size();
    out.bytes(table);
    return gpa;
  }

  /** The root pointer (5.2.5.3), with the RSDT beside the XSDT for guests that know no other. */
  private static void rsdp(LittleEndianWriter out, long rsdt, long xsdt) {
    LittleEndianWriter rsdp = new LittleEndianWriter(RSDP_LENGTH);
    rsdp.ascii("RSD PTR ").u8(0).ascii(Sdt.OEM_ID).u8(RSDP_REVISION).u32(rsdt);
    rsdp.u32(RSDP_LENGTH).u64(xsdt).u32(0);
    rsdp.setU8(RSDP_CHECKSUM, rsdp.checksum(0, RSDP_LENGTH_V1));
    rsdp.setU8(RSDP_EXTENDED_CHECKSUM, rsdp.checksum(0, RSDP_LENGTH));
    out.setBytes(0, rsdp.toByteArray());
  }
}

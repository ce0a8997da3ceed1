package dev.jvmm.machine.mp;

import dev.jvmm.machine.bytes.LittleEndianWriter;

/**
 * The multiprocessor table (Intel MultiProcessor Specification 1.4, chapter 4): floating pointer
 * and configuration table as one run of bytes, to be copied into guest memory in one go.
 *
 * <p>It says what the MADT and the PCI bus's _PRT say, to a guest that was told {@code acpi=off} or
 * whose board has no ACPI: always there, since only the guest knows.
 *
 * <p>Thread: immutable; {@link #image} is not copied and not to be written.
 */
public final class MpTable {

  /** Where the image goes; guests search the BIOS area in steps of 16 bytes. */
  public static final long GPA = 0xFC000;

  /** Behind the last byte that the image may take. */
  public static final long LIMIT_GPA = 0xFFFF0;

  /** The last local APIC id that the table can name; 255 is all CPUs. */
  private static final int MAX_APIC_ID = 254;

  private static final int POINTER_LENGTH = 16;
  private static final int POINTER_CHECKSUM = 10;
  private static final int HEADER_TABLE_LENGTH = 4;
  private static final int HEADER_CHECKSUM = 7;
  private static final int HEADER_ENTRIES = 34;
  private static final int SPEC_REVISION = 4;

  private static final int ENTRY_PROCESSOR = 0;
  private static final int ENTRY_BUS = 1;
  private static final int ENTRY_IO_APIC = 2;
  private static final int ENTRY_IO_INTERRUPT = 3;
  private static final int ENTRY_LOCAL_INTERRUPT = 4;

  private static final int CPU_ENABLED = 1;
  private static final int CPU_BOOTS = 1 << 1;
  private static final int LOCAL_APIC_VERSION = 0x14; // KVM's
  private static final long LOCAL_APIC = 0xFEE0_0000L;

  private static final int IO_APIC_ID = 0; // as the MADT has it
  private static final int IO_APIC_VERSION = 0x11;
  private static final int IO_APIC_ENABLED = 1;
  private static final long IO_APIC = 0xFEC0_0000L;

  private static final int INT = 0;
  private static final int NMI = 1;
  private static final int EXT_INT = 3;
  private static final int CONFORMS_TO_BUS = 0;
  private static final int ACTIVE_HIGH_LEVEL = 0xD;
  private static final int ALL_CPUS = 0xFF;

  private static final int ISA_IRQS = 16;
  private static final int CASCADE_IRQ = 2;

  private final LittleEndianWriter out = new LittleEndianWriter(0x1000);
  private final byte[] image;
  private int entries;

  private MpTable(MpConfig config) {
    pointer();
    header();
    processors(config);
    boolean pci = !config.pciPins().isEmpty();
    int isa = pci ? 1 : 0; // PCI's buses have their own numbers, from 0 on
    if (pci) {
      entry(ENTRY_BUS).u8(0).ascii("PCI   ");
    }
    entry(ENTRY_BUS).u8(isa).ascii("ISA   ");
    entry(ENTRY_IO_APIC).u8(IO_APIC_ID).u8(IO_APIC_VERSION).u8(IO_APIC_ENABLED).u32(IO_APIC);
    interrupts(config, isa);
    entry(ENTRY_LOCAL_INTERRUPT).u8(EXT_INT).u16(CONFORMS_TO_BUS).u8(isa).u8(0);
    out.u8(config.apicIds().getFirst()).u8(0);
    entry(ENTRY_LOCAL_INTERRUPT).u8(NMI).u16(CONFORMS_TO_BUS).u8(isa).u8(0).u8(ALL_CPUS).u8(1);
    image = finished();
  }

  /** Makes the table; what {@link MpConfig} takes always fits. */
  public static MpTable build(MpConfig config) {
    return new MpTable(config);
  }

  /** The bytes that go to {@link #GPA}. */
  public byte[] image() {
    return image;
  }

  /** Begins an entry, of 20 bytes for a processor and of 8 for all others. */
  private LittleEndianWriter entry(int type) {
    entries++;
    return out.u8(type);
  }

  private void pointer() {
    out.ascii("_MP_").u32(GPA + POINTER_LENGTH).u8(1).u8(SPEC_REVISION).u8(0).zeros(5);
    out.setU8(POINTER_CHECKSUM, out.checksum(0, POINTER_LENGTH));
  }

  /** Length, checksum and count follow once they are known. */
  private void header() {
    out.ascii("PCMP").u16(0).u8(SPEC_REVISION).u8(0).ascii("JVMM    ").ascii("JVMM        ");
    out.u32(0).u16(0).u16(0).u32(LOCAL_APIC).u32(0);
  }

  private void processors(MpConfig config) {
    int flags = CPU_ENABLED | CPU_BOOTS;
    for (int apicId : config.apicIds()) {
      if (apicId <= MAX_APIC_ID) {
        entry(ENTRY_PROCESSOR).u8(apicId).u8(LOCAL_APIC_VERSION).u8(flags);
        out.u32(config.signature()).u32(config.features()).zeros(8);
      }
      flags = CPU_ENABLED;
    }
  }

  /** A line that PCI has is no ISA interrupt, or a guest would take it for an edge. */
  private void interrupts(MpConfig config, int isa) {
    int ofPci = 0;
    for (MpConfig.PciPin wire : config.pciPins()) {
      ofPci |= 1 << wire.gsi();
      ioInterrupt(ACTIVE_HIGH_LEVEL, 0, wire.slot() << 2 | wire.pin(), wire.gsi());
    }
    for (int irq = 0; irq < ISA_IRQS; irq++) {
      if (irq != CASCADE_IRQ && (ofPci & 1 << irq) == 0) {
        int flags = (config.levelInputs() & 1 << irq) != 0 ? ACTIVE_HIGH_LEVEL : CONFORMS_TO_BUS;
        ioInterrupt(flags, isa, irq, irq);
      }
    }
  }

  private void ioInterrupt(int flags, int bus, int source, int pin) {
    entry(ENTRY_IO_INTERRUPT).u8(INT).u16(flags).u8(bus).u8(source).u8(IO_APIC_ID).u8(pin);
  }

  private byte[] finished() {
    int length = out.size() - POINTER_LENGTH;
    if (out.size() > LIMIT_GPA - GPA) {
      throw new IllegalStateException("a multiprocessor table of " + length + " bytes");
    }
    out.setU16(POINTER_LENGTH + HEADER_TABLE_LENGTH, length);
    out.setU16(POINTER_LENGTH + HEADER_ENTRIES, entries);
    out.setU8(POINTER_LENGTH + HEADER_CHECKSUM, out.checksum(POINTER_LENGTH, out.size()));
    return out.toByteArray();
  }
}

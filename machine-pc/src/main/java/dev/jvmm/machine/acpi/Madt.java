package dev.jvmm.machine.acpi;

import dev.jvmm.machine.bytes.LittleEndianWriter;
import java.util.List;

/**
 * The multiple APIC description table (ACPI 6.3, 5.2.12): CPUs, the I/O APIC, and where its inputs
 * differ from ISA's, as KVM's irqchip has them.
 *
 * <p>The timer, IRQ 0, is on input 0, where KVM's own table of interrupts has it. On other PCs an
 * override moves it to input 2, and the table would have to be replaced, at a millisecond a start.
 *
 * <p>Thread: no state.
 */
final class Madt {

  private static final int REVISION = 5;
  private static final long LOCAL_APIC = 0xFEE0_0000L;
  private static final long IO_APIC = 0xFEC0_0000L;
  private static final int IO_APIC_ID = 0; // what KVM's says of itself
  private static final int FLAG_PCAT_COMPAT = 1;

  private static final int TYPE_LOCAL_APIC = 0;
  private static final int TYPE_IO_APIC = 1;
  private static final int TYPE_SOURCE_OVERRIDE = 2;
  private static final int TYPE_LOCAL_APIC_NMI = 4;
  private static final int TYPE_LOCAL_X2APIC = 9;
  private static final int TYPE_LOCAL_X2APIC_NMI = 10;

  private static final int CPU_ENABLED = 1;
  private static final int CPU_ONLINE_CAPABLE = 1 << 1;

  private static final int CONFORMS_TO_BUS = 0;
  private static final int ACTIVE_HIGH_LEVEL = 0xD;
  private static final int ALL_CPUS = 0xFF;
  private static final long ALL_CPUS_X2APIC = 0xFFFF_FFFFL;
  private static final int NMI_LINT = 1;

  private Madt() {}

  static byte[] of(AcpiConfig config) {
    Sdt table = new Sdt("APIC", REVISION, Sdt.HEADER + 128 + 16 * config.cpus().size());
    LittleEndianWriter out = table.out();
    out.u32(LOCAL_APIC).u32(config.isa().pic() ? FLAG_PCAT_COMPAT : 0);
    boolean x2Apic = cpus(out, config.cpus());
    out.u8(TYPE_IO_APIC).u8(12).u8(IO_APIC_ID).u8(0).u32(IO_APIC).u32(0);
    if (config.platform() instanceof AcpiPmConfig pm) {
      sourceOverride(out, pm.sciGsi(), pm.sciGsi(), ACTIVE_HIGH_LEVEL);
    }
    out.u8(TYPE_LOCAL_APIC_NMI).u8(6).u8(ALL_CPUS).u16(CONFORMS_TO_BUS).u8(NMI_LINT);
    if (x2Apic) {
      out.u8(TYPE_LOCAL_X2APIC_NMI).u8(12).u16(CONFORMS_TO_BUS).u32(ALL_CPUS_X2APIC);
      out.u8(NMI_LINT).zeros(3);
    }
    return table.finish();
  }

  /** Answers whether one of them has to be an x2APIC. */
  private static boolean cpus(LittleEndianWriter out, List<AcpiConfig.Cpu> cpus) {
    boolean x2Apic = false;
    for (AcpiConfig.Cpu cpu : cpus) {
      int id = cpu.apicId();
      int flags = cpu.enabled() ? CPU_ENABLED : CPU_ONLINE_CAPABLE;
      if (cpu.needsX2Apic()) {
        x2Apic = true;
        out.u8(TYPE_LOCAL_X2APIC).u8(16).u16(0).u32(id).u32(flags).u32(id);
      } else {
        out.u8(TYPE_LOCAL_APIC).u8(8).u8(id).u8(id).u32(flags);
      }
    }
    return x2Apic;
  }

  private static void sourceOverride(LittleEndianWriter out, int irq, int gsi, int flags) {
    out.u8(TYPE_SOURCE_OVERRIDE).u8(10).u8(0).u8(irq).u32(gsi).u16(flags);
  }
}

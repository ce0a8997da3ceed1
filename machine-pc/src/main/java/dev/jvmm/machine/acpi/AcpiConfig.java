package dev.jvmm.machine.acpi;

import java.util.BitSet;
import java.util.List;

/**
 * What the ACPI tables say that the machine has.
 *
 * <p>Thread: immutable.
 *
 * @param cpus the CPUs, the one that boots first
 * @param platform how the guest powers off and hears of events
 * @param isa the devices at ISA's fixed places
 * @param devices whatever else the DSDT announces, in this order: virtio-mmio windows, a PCI root
 */
public record AcpiConfig(
    List<Cpu> cpus, AcpiPlatform platform, IsaDevices isa, List<DsdtDevice> devices) {

  /** What KVM takes at most, in any build of it. */
  private static final int MAX_CPUS = 4096;

  /**
   * A CPU of the machine.
   *
   * @param apicId its local APIC's id, which is also its ACPI processor UID; above 254 only an
   *     x2APIC has it
   * @param enabled whether it is there now, rather than a place for one (maxcpus)
   */
  public record Cpu(int apicId, boolean enabled) {

    /** Refuses an id that is none. */
    public Cpu {
      if (apicId < 0) {
        throw new IllegalArgumentException("APIC id " + apicId);
      }
    }

    boolean needsX2Apic() {
      return apicId > 254; // 255 is xAPIC's broadcast
    }
  }

  /** Refuses a machine without a first CPU, and two CPUs with one id. */
  public AcpiConfig {
    cpus = List.copyOf(cpus);
    devices = List.copyOf(devices);
    if (cpus.isEmpty() || cpus.size() > MAX_CPUS || !cpus.getFirst().enabled()) {
      throw new IllegalArgumentException(cpus.size() + " CPUs, or the first one off");
    }
    BitSet ids = new BitSet();
    for (Cpu cpu : cpus) {
      if (ids.get(cpu.apicId())) {
        throw new IllegalArgumentException("APIC id " + cpu.apicId() + " twice");
      }
      ids.set(cpu.apicId());
    }
  }
}

package dev.jvmm.vcpu.cpuid;

/**
 * One named feature of a CPU, and where CPUID shows it.
 *
 * <p>Immutable.
 *
 * @param name as QEMU and libvirt spell it
 * @param leaf what the guest puts in EAX
 * @param subleaf what it puts in ECX
 * @param register 0 to 3: EAX, EBX, ECX, EDX
 * @param mask the feature's bit (kvmclock alone has two)
 */
public record CpuFeature(String name, int leaf, int subleaf, int register, int mask) {

  private static final String[] REGISTERS = {"EAX", "EBX", "ECX", "EDX"};

  /** For a person: {@code CPUID 0x7.0 EBX bit 5}. */
  public String where() {
    String place = "CPUID 0x" + Integer.toHexString(leaf) + "." + subleaf;
    return place + " " + REGISTERS[register] + " bit " + Integer.numberOfTrailingZeros(mask);
  }
}

package dev.jvmm.vcpu.cpuid;

import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EBX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.ECX;
import static dev.jvmm.vcpu.cpuid.CpuidLeaves.EDX;

/**
 * KVM's list made fit for a guest: what KVM can do and does not list is added, what it lists and
 * this machine does not offer is taken away.
 *
 * <p>Holds nothing.
 */
final class HostLeaves {

  private static final int ECX1_PDCM = 1 << 15;
  private static final int ECX1_X2APIC = 1 << 21;
  private static final int ECX1_TSC_DEADLINE = 1 << 24;
  private static final int ECX1_OSXSAVE = 1 << 27;
  private static final int ECX1_HYPERVISOR = 1 << 31;
  private static final int EBX7_SGX = 1 << 2;
  private static final int ECX7_SGX_LC = 1 << 30;
  private static final int EDX7_ARCH_LBR = 1 << 19;
  private static final int EDX7_ARCH_CAPABILITIES = 1 << 29;
  private static final int ECX81_PERFCTR = 1 << 23 | 1 << 24 | 1 << 28;
  private static final int EDX87_INVTSC = 1 << 8;

  /** "KVMKVMKVM" and three zeros, in EBX, ECX, EDX. */
  private static final int[] KVM_SIGNATURE = {0x4000_0001, 0x4B4D_564B, 0x564B_4D56, 0x4D};

  private HostLeaves() {}

  /** All that a guest can be given here. */
  static CpuidLeaves of(HostCpu host) {
    CpuidLeaves leaves = CpuidLeaves.of(host.supported());
    leaves.or(1, ECX, ECX1_HYPERVISOR | ECX1_X2APIC); // KVM's local APIC has both modes
    leaves.clear(1, ECX, ECX1_OSXSAVE); // KVM sets it as the guest sets CR4
    if (host.tscDeadlineTimer()) {
      leaves.or(1, ECX, ECX1_TSC_DEADLINE);
    }
    // KVM lists it on AMD too, whose guests do not look for that MSR.
    if (!host.archCapabilities() || !Vendor.isIntel(leaves)) {
      leaves.clear(7, EDX, EDX7_ARCH_CAPABILITIES);
    }
    // Enclaves and encrypted memory need more of a VM than their leaves.
    leaves.clear(7, EBX, EBX7_SGX);
    leaves.clear(7, ECX, ECX7_SGX_LC);
    leaves.remove(0x12);
    leaves.remove(0x8000_001F);
    if (leaves.get(0x4000_0000, EBX) == 0) {
      leaves.put(0x4000_0000, 0, KVM_SIGNATURE);
    }
    if (BrandString.isMissing(leaves)) {
      String name = host.modelName().get();
      if (name != null) {
        BrandString.put(leaves, name);
      }
    }
    return leaves;
  }

  /** Takes away what a guest gets only when the user asks. */
  static void dropUnasked(CpuidLeaves leaves, CpuConfig.Switches switches) {
    if (switches.migratable()) {
      leaves.clear(0x8000_0007, EDX, EDX87_INVTSC);
    }
    if (!switches.pmu()) {
      leaves.remove(0xA);
      leaves.remove(0x1C);
      leaves.remove(0x8000_0022);
      leaves.clear(1, ECX, ECX1_PDCM);
      leaves.clear(7, EDX, EDX7_ARCH_LBR);
      leaves.clear(0x8000_0001, ECX, ECX81_PERFCTR);
    }
  }
}
